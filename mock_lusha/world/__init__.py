"""What exists: companies and people, a pure function of seed and as-of date, and the pinned ones."""
