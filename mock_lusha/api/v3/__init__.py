"""The third generation of the API: one module for each of Lusha's groups of operations."""
