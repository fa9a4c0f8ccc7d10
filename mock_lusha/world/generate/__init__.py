"""Entities made one by one from their own key: the readable truth of what exists."""
