"""Twins of readable code, written for speed; README.md tells what each is a twin of and what it bought."""
