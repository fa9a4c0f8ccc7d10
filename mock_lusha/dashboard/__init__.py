"""The page to look at: static files, which read the control API alone."""
