"""Lusha's API: a folder for each generation, that parses what is sent and renders what is answered."""
