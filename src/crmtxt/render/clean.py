"""Text from a book made safe to show: what a terminal would obey is written out instead."""

from __future__ import annotations

import re

# C0 (tab and newline apart), DEL, C1; marks, overrides and isolates of direction; line and paragraph separator;
# zero-width space, invisible operators, byte order mark, interlinear marks; lone surrogates.
# Kept, because writing needs them: zero-width joiner and non-joiner, variation selectors. None of them is printable
# to str.isprintable, which answers for nearly every text. Left to compile on first use: most runs need it never.
UNSAFE = (
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
LONGEST_HEX_PAIR = 0xFF


def clean(text: str) -> str:
    r"""Return the text with control and direction characters written out as `\x1b`, `\u202e`; newline and tab stay.

    A CRLF counts as a newline. Text that holds none of them is returned as it is.
    """
    if text.isprintable():
        return text
    return re.sub(UNSAFE, _written_out, text.replace("\r\n", "\n"))


def clean_line(text: str, newline: str = " ") -> str:
    """Return the clean text on one line: each newline becomes `newline`, each tab a space."""
    if text.isprintable():
        return text
    return clean(text).replace("\n", newline).replace("\t", " ")


def _written_out(match: re.Match[str]) -> str:
    point = ord(match[0])
    return f"\\x{point:02x}" if point <= LONGEST_HEX_PAIR else f"\\u{point:04x}"
