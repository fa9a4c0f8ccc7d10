"""The control API under ``/_mock/``: how tests, people and programs steer the double."""
