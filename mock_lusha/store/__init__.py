"""What several processes share: the order of requests, sealed, in a database (`engine.py` says what it
holds)."""
