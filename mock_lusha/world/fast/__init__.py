"""Twins of readable code, written for speed: README.md tells of which, and what each bought."""
