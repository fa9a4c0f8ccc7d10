"""One module a group of Lusha's operations: plain functions from Call to Reply."""
