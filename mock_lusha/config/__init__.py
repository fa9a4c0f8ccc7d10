"""The settings of a server: what can be set, where it is read from, and where the data folders are.

What every server needs can be imported from here. ``resolution``, ``environment`` and ``settings_file``
gather the settings of a command, and are loaded only where they are imported by name.
"""

from mock_lusha.config.folders import data_folder
from mock_lusha.config.settings import SECRET, Settings, parse_setting, shown
from mock_lusha.config.values import LISTS, PARSERS

__all__ = ["LISTS", "PARSERS", "SECRET", "Settings", "data_folder", "parse_setting", "shown"]
