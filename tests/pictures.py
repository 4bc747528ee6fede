"""Pictures of what the program shows: a terminal as SVG, a page as PNG.

Those in docs/pictures are made anew, where they are out of date, by `python -m pytest tests/test_pictures.py --update`.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = 100
SIZE = "1000,1000"
FONTS = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace"
FRAME = re.sub(r"\s*@font-face {{.*?}}", "", CONSOLE_SVG_FORMAT.replace("Fira Code, monospace", FONTS), flags=re.DOTALL)
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
LONGEST_SHOT = 60


def terminal(title: str, shown: str) -> str:
    """Return a picture of a terminal with a title, and in it what was shown there, colours and all."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO())
    console.print(Text.from_ansi(shown.rstrip("\n")))
    svg = console.export_svg(title=title, code_format=FRAME, unique_id="terminal")
    return re.sub(r"[ \t]+$", "", svg, flags=re.MULTILINE)


def photograph(page: Path, picture: Path) -> None:
    """Write a picture of the top of a page, as Chromium shows it; FileNotFoundError where there is none."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise FileNotFoundError(f"a picture of a page takes Chromium: none of {', '.join(BROWSERS)} is on PATH")
    quiet = ("--headless", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={page.parent / 'chromium'}")
    unboxed = "--no-sandbox"  # which a container does not have; the page is ours and runs nothing
    shot = (f"--window-size={SIZE}", f"--screenshot={picture}", page.as_uri())
    subprocess.run([browser, *quiet, unboxed, *shot], check=True, capture_output=True, timeout=LONGEST_SHOT)
