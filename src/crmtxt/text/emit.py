"""New YAML: values and entries that are written into a head, each read back before it is used."""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Sequence
from io import StringIO
from typing import TYPE_CHECKING

from crmtxt.text.head import HeadError
from crmtxt.text.head import plain_value
from crmtxt.text.head import read_head
from crmtxt.text.head import resolve

if TYPE_CHECKING:
    from decimal import Decimal

STEP = 2  # spaces a nested entry is indented by
WIDEST = 2**31  # no line is ever folded

# plain beyond doubt, in any context; the rest is judged by the emitter
_WORDS = re.compile(r"[\w+][\w./+@-]*(?: [\w/+@][\w./+@-]*)*")
_HANDLE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")  # the same, of a key
# what is not seen or breaks the line; it is written as an escape
HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffc\ufffe\uffff]"
)
_ESCAPED = re.compile(f'["\\\\]|{HIDDEN.pattern}')
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0"}

Value = str | Mapping[str, "Value"] | Sequence[str]


def meaning(text: str, *, as_text: bool = False) -> bool | int | Decimal | str:
    """Return what `scalar` makes of a text: a truth value or number when it is one, else the text; never null."""
    value = text if as_text else resolve(text)
    return text if value is None else value


def scalar(text: str, *, as_text: bool = False, flow: bool = False) -> str:
    """Return one line of YAML that reads back as this text: plain where it can be, else in quotes.

    A number or truth value stays one unless `as_text`; null, ~ and nothing are always quoted.
    `flow`: it will stand inside [ ] or { }.
    """
    value = meaning(text, as_text=as_text)
    quote = isinstance(value, str) and resolve(text) != text
    if quote or HIDDEN.search(text):
        return quoted(text)
    if _WORDS.fullmatch(text):
        return text
    written = _emitted(text, flow=flow)
    if written != text and '"' not in text and "\\" not in text:
        return quoted(text)
    return written if _reads_back(written, value, flow=flow) else quoted(text)


def quoted(text: str) -> str:
    """Return a text in double quotes, on one line, with everything that is not seen as an escape."""
    return '"' + _ESCAPED.sub(lambda match: _SHORT.get(match[0]) or _escape(ord(match[0])), text) + '"'


def key(text: str) -> str:
    """Return a key as it is written before its colon."""
    if _HANDLE.fullmatch(text) and resolve(text) == text:
        return text
    written = scalar(text, as_text=True, flow=True)
    try:
        return written if [*plain_value(read_head(f"{written}: {{}}\n"))] == [text] else quoted(text)
    except HeadError:
        return quoted(text)


def mapping(entries: Mapping[str, Value], indent: int, *, step: int = STEP, as_text: bool = False) -> str:
    """Return entries as lines in block style, each ended by a newline; a sequence becomes a short list in [ ]."""
    lines = []
    for name, value in entries.items():
        begin = f"{' ' * indent}{key(name)}:"
        if isinstance(value, Mapping) and value:
            lines.append(f"{begin}\n{mapping(value, indent + step, step=step, as_text=as_text)}")
        elif isinstance(value, str):
            lines.append(f"{begin} {scalar(value, as_text=as_text)}\n")
        else:
            lines.append(f"{begin} {inline(value, as_text=as_text)}\n")
    return "".join(lines)


def inline(value: Value, *, as_text: bool = False) -> str:
    """Return a value as it is written inside [ ] or { }."""
    if isinstance(value, str):
        return scalar(value, as_text=as_text, flow=True)
    if isinstance(value, Mapping):
        pairs = (f"{key(name)}: {inline(child, as_text=as_text)}" for name, child in value.items())
        return "{" + ", ".join(pairs) + "}"
    return "[" + ", ".join(scalar(item, as_text=as_text, flow=True) for item in value) + "]"


def _escape(code: int) -> str:
    return f"\\x{code:02X}" if code <= 0xFF else f"\\u{code:04X}"  # noqa: PLR2004 - two hexadecimal digits


def _emitted(text: str, *, flow: bool) -> str:
    """Return a text as ruamel.yaml writes it as a value, plain where its rules allow that."""
    from ruamel.yaml import YAML
    from ruamel.yaml import events

    yaml = YAML(typ="safe", pure=True)
    yaml.width = WIDEST
    yaml.allow_unicode = True
    nowhere = {"anchor": None, "tag": None, "implicit": True}
    stream = StringIO()
    begin = [
        events.StreamStartEvent(),
        events.DocumentStartEvent(explicit=False),
        events.SequenceStartEvent(**nowhere, flow_style=flow),
    ]
    value = events.ScalarEvent(anchor=None, tag=None, implicit=(True, True), value=text)
    end = [events.SequenceEndEvent(), events.DocumentEndEvent(explicit=False), events.StreamEndEvent()]
    yaml.emit([*begin, value, *end], stream)
    line = stream.getvalue().removesuffix("\n")
    return line[1:-1] if flow else line[2:]


def _reads_back(written: str, value: object, *, flow: bool) -> bool:
    head = f"{{a: {written}, b: [{written}, c]}}\n" if flow else f"a: {written}\nb:\n- {written}\n"
    try:
        tree = plain_value(read_head(head))
    except HeadError:
        return False
    items = [tree["a"], tree["b"][0]] if [*tree] == ["a", "b"] else []
    return bool(items) and all(type(item) is type(value) and item == value for item in items)
