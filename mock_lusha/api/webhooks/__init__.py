"""Webhooks: what is delivered, when, and how it is signed; in every generation the same."""
