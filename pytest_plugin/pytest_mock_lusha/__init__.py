"""The pytest plugin of mock-lusha: a Lusha in a test suite, as the fixture ``lusha``.

Nothing here imports more than pytest and the standard library until a fixture is used.
"""
