"""The handle that tests and scripts hold: one account on one server, with all that can be asked of it."""
