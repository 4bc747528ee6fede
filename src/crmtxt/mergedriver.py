"""The program git calls to merge a customer file: crmtxt-merge BASE OURS THEIRS PATH MARKER; OURS takes the result.

It leaves with 0 when all is merged, 3 when there are conflicts with markers. With anything else OURS is as it was, and
git's own merge is run (store/driver.py). Git starts it for each file both sides changed: it imports what it must.
"""

from __future__ import annotations

import sys
from contextlib import suppress

MERGED, DOUBT, USAGE, CONFLICTS = 0, 1, 2, 3
LARGEST = 5 * 1024 * 1024


def main(argv: list[str] | None = None) -> int:
    """Merge one file and return the exit code."""
    words = sys.argv[1:] if argv is None else argv
    if len(words) != 5 or not words[4].isdecimal() or not 0 < int(words[4]) < 1000:  # noqa: PLR2004 - see the top
        return _say("usage: crmtxt-merge BASE OURS THEIRS PATH MARKER (git calls it)", USAGE)
    base, ours, theirs, path, marker = words
    try:
        return _merge(base, ours, theirs, int(marker))
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - whatever it is, git's own merge is the remedy
        why = f"{error}" or type(error).__name__
        return _say(f"crmtxt-merge: {path!r}: merged line by line instead, since {why!r}", DOUBT)


def _merge(base: str, ours: str, theirs: str, marker: int) -> int:
    from crmtxt.store import disk
    from crmtxt.text.merge import merge

    full = ours if "/" in ours else f"./{ours}"
    merged = merge(*map(_read, (base, full, theirs)), marker=marker)
    model = disk.look(full)
    disk.put(full, merged.text.encode(), 0 if model is None else model, None, new=False)
    return CONFLICTS if merged.conflicts else MERGED


def _read(full: str) -> str:
    from crmtxt.store import disk

    _, data = disk.read(full, LARGEST)
    if len(data) > LARGEST:
        raise ValueError("it is larger than 5 MiB")
    return data.decode()


def _say(words: str, code: int) -> int:
    """Write one line to standard error, which may be closed; return the exit code."""
    with suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(f"{words}\n")
    return code
