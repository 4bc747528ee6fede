"""The figures the index keeps for a day: they follow the files, the day and what was agreed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from prompt import Prompt


def indices(crmtxt: Prompt, more: str = "") -> dict[str, str]:
    """Return the index of each customer as `health` tells it from what is kept."""
    rows = (row.split("\t") for row in crmtxt(f"crmtxt health {more}").stdout.splitlines())
    return {row[0]: row[2] for row in rows}


def fresh(crmtxt: Prompt, home: Path, more: str = "") -> dict[str, str]:
    """Return the same from an index made anew."""
    for path in (home / ".cache").rglob("index.sqlite*"):
        path.unlink()
    return indices(crmtxt, more)


@pytest.mark.usefixtures("book")
def test_a_line_that_is_logged_changes_what_is_told(crmtxt: Prompt, home: Path) -> None:
    before = indices(crmtxt)
    crmtxt("crmtxt log brightside meeting with meera: a good day feel:+2")
    after = indices(crmtxt)
    assert float(after["brightside"]) > float(before["brightside"])
    assert after == fresh(crmtxt, home)


@pytest.mark.usefixtures("book")
def test_another_day_is_another_answer_and_today_stays_what_it_was(crmtxt: Prompt, home: Path) -> None:
    today = indices(crmtxt)
    past = indices(crmtxt, "--as-of 2026-09-30")
    assert past != today
    assert indices(crmtxt) == today
    assert fresh(crmtxt, home, "--as-of 2026-09-30") == past


@pytest.mark.usefixtures("book")
def test_today_by_its_date_is_today(crmtxt: Prompt) -> None:
    assert indices(crmtxt, "--as-of 2026-11-21") == indices(crmtxt)


def test_other_terms_are_another_answer(book: Path, crmtxt: Prompt, home: Path) -> None:
    before = indices(crmtxt)
    settings = book / "crmtxt.yaml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("cadence: 2w", "cadence: 2m"), encoding="utf-8")
    after = indices(crmtxt)
    assert float(after["brightside"]) > float(before["brightside"])
    assert after == fresh(crmtxt, home)


@pytest.mark.usefixtures("book")
def test_all_ways_to_ask_tell_the_same(crmtxt: Prompt) -> None:
    kept = indices(crmtxt)
    for handle, index in kept.items():
        shown = re.search(r'"health": ([\d.]+|null)', crmtxt(f"crmtxt show {handle} --json").stdout)
        assert shown is not None
        assert shown[1].replace("null", "") == index
        assert crmtxt(f"crmtxt health handle:{handle} --format '{{index}}'").stdout.strip() == index
        assert crmtxt(f"crmtxt list handle:{handle} --format '{{health}}'").stdout.strip() == index


@pytest.mark.usefixtures("book")
def test_the_lowest_come_first_unless_sorted_otherwise(crmtxt: Prompt) -> None:
    found = [float(index) for index in indices(crmtxt).values()]
    assert found == sorted(found)
    assert [float(index) for index in indices(crmtxt, "--sort -health").values()] == sorted(found, reverse=True)
