"""``python -m mock_lusha``."""

from mock_lusha.cli import main

main()
