"""``python -m mock_lusha``."""

from mock_lusha.cli.main import main

main()
