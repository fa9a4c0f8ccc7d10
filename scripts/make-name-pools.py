#!/usr/bin/env python
"""Write mock_lusha/world/data/names.json from the locales of Faker.

The pools are shipped as data so that the server starts without Faker and a release of Faker can change
nobody's people. Run with the test requirements installed; a test makes the pools again and compares.
"""

from __future__ import annotations

import importlib
import json
import re
import sys
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parent.parent / "mock_lusha" / "world" / "data" / "names.json"
MOST = 400
# Locale of a place -> Faker's provider whose names are used there.
PROVIDERS = {
    "en_CA": "en_US", "en_AU": "en_GB", "es_CL": "es_CO", "en_NZ": "en_NZ", "vi_VN": "vi_VN",
    "fil_PH": "es_MX",
    **{
        locale: locale
        for locale in (
            "en_US", "en_GB", "fr_CA", "en_IE", "en_IN", "fr_FR", "de_DE", "de_AT", "de_CH", "it_IT",
            "es_ES", "es_MX", "es_AR", "es_CO", "pt_BR", "pt_PT", "nl_NL", "nl_BE", "sv_SE", "da_DK",
            "no_NO", "fi_FI", "pl_PL", "cs_CZ", "sk_SK", "sl_SI", "hr_HR", "hu_HU", "ro_RO", "tr_TR",
            "et_EE", "lt_LT", "lv_LV", "ja_JP", "id_ID",
        )
    },
}  # fmt: skip
# A given name is one word, so that a full name splits in one way; a family name may be two.
FIRST = re.compile(r"[^\W\d_]{2,14}(?:-[^\W\d_]{2,14})?")
LAST = re.compile(r"[^\W\d_]{2,14}(?:[ '-][^\W\d_]{2,14})?")


def pool(provider: Any, form: re.Pattern[str], *choices: tuple[str, ...]) -> list[str]:
    """The names under the first choice of attributes that the provider has, at most MOST of them.

    The most frequent are taken where Faker knows frequencies, else every n-th of the list.
    """
    for attributes in choices:
        lists: list[Any] = [getattr(provider, attribute, None) for attribute in attributes]
        if all(isinstance(listed, dict | list | tuple) for listed in lists):
            break
    else:
        raise SystemExit(f"{provider} has none of {choices}")
    names: list[str] = []
    for listed in lists:
        weighted = isinstance(listed, dict)
        ordered = _by_frequency(listed) if weighted else [_last(item) for item in listed]
        fitting = [n for n in dict.fromkeys(map(str.strip, ordered)) if form.fullmatch(n)]
        most = MOST // len(lists)
        # Faker writes Mcdonald where people write McDonald.
        fitting = [re.sub(r"^Mc([a-z])", lambda match: "Mc" + match[1].upper(), n) for n in fitting]
        names += fitting[:most] if weighted else fitting[:: max(1, len(fitting) // most)][:most]
    return sorted(dict.fromkeys(names))


def _by_frequency(frequencies: dict[str, float]) -> list[str]:
    return sorted(frequencies, key=lambda name: (-frequencies[name], name))


def _last(item: Any) -> str:
    # The Japanese provider lists (script, kana, romanized) triples.
    return item if isinstance(item, str) else str(item[-1])


def pools() -> dict[str, dict[str, list[str]]]:
    """All pools: locale -> {"first": [...], "last": [...]}."""
    made = {}
    for locale, name in sorted(PROVIDERS.items()):
        provider = importlib.import_module(f"faker.providers.person.{name}").Provider
        made[locale] = {
            "first": pool(
                provider,
                FIRST,
                ("first_romanized_names",),
                ("first_names_male", "first_names_female"),
                ("first_names",),
            ),
            "last": pool(provider, LAST, ("last_romanized_names",), ("unisex_last_names",), ("last_names",)),
        }
    return made


def render() -> str:
    """The file's text: one line a locale. Names are joined by commas: few of them are taken apart again."""
    rows = []
    for locale, names in pools().items():
        joined = {kind: ",".join(each) for kind, each in names.items()}
        rows.append(f"  {json.dumps(locale)}: {json.dumps(joined, ensure_ascii=False)}")
    return "{\n" + ",\n".join(rows) + "\n}\n"


if __name__ == "__main__":
    text = render()
    if "--check" in sys.argv[1:]:
        sys.exit(
            0 if TARGET.read_text(encoding="utf-8") == text else f"{TARGET.name} is not what Faker gives"
        )
    TARGET.write_text(text, encoding="utf-8")
