"""What may refuse or answer a call before its handler does: one guard a file."""
