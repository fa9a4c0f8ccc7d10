"""Searches over people and companies: the index, the predicates of filters, a session's results."""
