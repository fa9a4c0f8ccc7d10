"""Scenarios: which calls go wrong, and how."""
