"""The demo book: a dozen customers of a bell maker, with dates that move along with today."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

TRY_NEXT = (
    "crmtxt today",
    "crmtxt show goat-hill",
    "crmtxt log goat-hill call from greta: the bell survived lunch +sound feel:+1 // fri promise to greta: a spare one",
)

DAYS_FROM_TODAY = re.compile(r"\{([+-]\d+)\}")
AT_THE_ROOT = {"crmtxt.yaml": "crmtxt.yaml", "gitattributes": ".gitattributes"}


def demo_files(today: date) -> dict[str, str]:
    """Return the files of the demo book as path in the book -> text, dated around `today`."""
    from importlib.resources import files

    templates = sorted(files("crmtxt.services").joinpath("demo_book").iterdir(), key=lambda file: file.name)
    return {
        AT_THE_ROOT.get(file.name, f"customers/{file.name}"): _dated(file.read_text(encoding="utf-8"), today)
        for file in templates
    }


def _dated(template: str, today: date) -> str:
    return DAYS_FROM_TODAY.sub(lambda days: (today + timedelta(int(days[1]))).isoformat(), template)
