"""Reading a customer file, also one that git could not merge."""

from __future__ import annotations

from crmtxt.text.conflict import MARK
from crmtxt.text.conflict import blanked
from crmtxt.text.conflict import regions
from crmtxt.text.document import Document
from crmtxt.text.document import parts


def parse(text: str, path: str) -> Document:
    """Return the parts of a customer file; what cannot be read becomes a problem and costs only itself.

    Of a value that git could not merge our side is read, and a problem says which value that is.
    """
    if MARK not in text:
        return parts(text, path, marked=False)
    found = regions(text)
    if not found:
        return parts(text, path)
    from crmtxt.text.disagreement import conflict_problems

    document = parts(blanked(text, found), path)
    return document._replace(
        problems=(*conflict_problems(text, found, path), *document.problems),
        conflicts=found,
    )
