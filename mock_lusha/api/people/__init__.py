"""Who exists in an account's world, for the control API and for Python: nothing is charged, counted or
kept."""
