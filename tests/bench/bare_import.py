"""What an import does at the least: parse a CSV file, and write the files that came of it.

python tests/bench/bare_import.py TABLE FOLDER TARGET
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path


def main(table: str, folder: str, target: str) -> None:
    """Parse the table, then write each file of the folder anew below the target."""
    with Path(table).open(encoding="utf-8-sig", newline="") as file:
        list(csv.DictReader(file))
    Path(target).mkdir(exist_ok=True)
    for path in Path(folder).glob("*.md"):
        (Path(target) / path.name).write_bytes(path.read_bytes())


if __name__ == "__main__":
    main(*sys.argv[1:])
