"""What tests and scripts hold: the handle, clients of the control API, and interception."""
