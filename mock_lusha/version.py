"""The version, as the installed package knows it."""

__version__ = "0.1.0"
