"""The pictures of the README are of what the program shows now; `--update` makes anew those that are not."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pictures import COLUMNS
from pictures import photograph
from pictures import terminal

if TYPE_CHECKING:
    from prompt import Prompt

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
ANEW = "python -m pytest tests/test_pictures.py --update"
MOST_BYTES, WIDEST = 200_000, 1200


@pytest.mark.usefixtures("book")
def test_the_picture_of_a_terminal_is_what_today_shows_there(crmtxt: Prompt, *, update: bool) -> None:
    answer, path = crmtxt(f"COLUMNS={COLUMNS} crmtxt", screen=True), PICTURES / "today.svg"
    made = terminal("crmtxt", answer.stderr + answer.stdout)
    if update:
        path.write_text(made, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == made, ANEW
    assert re.findall("@font-face|@import|href|url\\([^#]", made) == []


def test_the_picture_of_a_page_is_of_the_plan_as_it_is_now(book: Path, crmtxt: Prompt, *, update: bool) -> None:
    crmtxt("crmtxt plan acme --full -o plan.html")
    page, picture, taken_of = book / "plan.html", PICTURES / "plan.png", PICTURES / "plan.sha256"
    now = f"{sha256(page.read_bytes()).hexdigest()}  tests/plans/acme.html\n"
    if update and taken_of.read_text(encoding="utf-8") != now:
        photograph(page, picture)
        taken_of.write_text(now, encoding="utf-8")
    assert taken_of.read_text(encoding="utf-8") == now, ANEW


def test_the_picture_of_a_page_is_no_burden() -> None:
    data = (PICTURES / "plan.png").read_bytes()
    assert len(data) < MOST_BYTES
    assert int.from_bytes(data[16:20], "big") <= WIDEST


def test_where_there_is_no_chromium_one_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="takes Chromium"):
        photograph(tmp_path / "plan.html", tmp_path / "plan.png")
