"""Sends calls of this process to the double, whichever library makes them."""
