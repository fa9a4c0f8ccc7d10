"""What was tried of the API, what was not, and the line of a test that tries it."""
