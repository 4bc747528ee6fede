"""The tree of a head, built from the events of libyaml: imported only where a head is read, since it costs 30 ms."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING
from typing import Any

from yaml._yaml import CParser
from yaml.error import YAMLError
from yaml.events import AliasEvent
from yaml.events import DocumentStartEvent
from yaml.events import MappingStartEvent
from yaml.events import ScalarEvent
from yaml.events import SequenceStartEvent
from yaml.events import StreamEndEvent
from yaml.tokens import KeyToken

from crmtxt.text.headerror import ANCHOR
from crmtxt.text.headerror import DOCUMENT
from crmtxt.text.headerror import KEY
from crmtxt.text.headerror import MERGE
from crmtxt.text.headerror import TAG
from crmtxt.text.headerror import HeadError
from crmtxt.text.headerror import Saying
from crmtxt.text.headerror import in_plain_words
from crmtxt.text.headerror import refusal
from crmtxt.text.node import LINE_BREAK
from crmtxt.text.node import Node

if TYPE_CHECKING:
    from collections.abc import Callable

DEEPEST = 32
_EXPLICIT_KEY = re.compile(r"(?:^|[\s{\[,])\?(?:\s|$)")
_NEL, _LS, _PS = "\x85", "\u2028", "\u2029"  # libyaml ends a line at them, YAML 1.2 does not


def build(text: str, first_line: int) -> Node:
    """Return the root of a head; HeadError for what is not plain YAML 1.2 with text, maps and lists."""
    parsed, foreign = text, {}
    if _NEL in text or _LS in text or _PS in text:
        foreign = _stand_ins(text)
        parsed = text.translate({ord(original): stand_in for stand_in, original in foreign.items()})
    try:
        root = _document(CParser(parsed).get_event, parsed, first_line)
        if "?" in text and _EXPLICIT_KEY.search(text):
            _refuse_explicit_keys(CParser(parsed).get_token)
    except YAMLError as error:
        raise in_plain_words(error, text) from None
    return _with_original(root, foreign) if foreign else root


def _document(next_event: Callable[[], Any], text: str, first_line: int) -> Node:
    next_event()
    event = next_event()
    if type(event) is StreamEndEvent:
        return Node("map", 0, 0, {})
    if event.explicit:
        raise refusal(event, DOCUMENT)
    root = _tree(next_event, text, first_line)
    event = next_event()
    if event.explicit:
        raise refusal(event, DOCUMENT)
    event = next_event()
    if type(event) is DocumentStartEvent:
        raise refusal(event, DOCUMENT)
    if root.kind != "map":
        width = len(LINE_BREAK.split(text[root.start : root.end], maxsplit=1)[0])
        raise HeadError("the head is not made of keys", root.start, width or 1, "root", "write each line as key: value")
    return root


def _tree(next_event: Callable[[], Any], text: str, first_line: int) -> Node:
    around: list[Any] = []  # what encloses `here`, innermost last
    here: Any = []
    mapping, key, key_start, key_end, begun, flow, end = False, None, -1, -1, 0, False, 0
    new = tuple.__new__
    while True:
        event = next_event()
        kind = type(event)
        if kind is ScalarEvent:
            start, end, value, style = event.start_mark.index, event.end_mark.index, event.value, event.style
            if event.anchor is not None or event.tag is not None:
                raise _marked(event)
            if mapping and key is None:
                if value in here or (not style and (value == "<<" or start == end)):
                    raise _bad_key(event, here, text, first_line)
                key, key_start, key_end = value, start, end
                continue
            if style == "|" or style == ">":  # noqa: PLR1714 - the hot loop
                end = _block_end(text, start, end)
            node = new(Node, ("scalar", start, end, value, not style, key_start, key_end, False, style))
        elif kind is MappingStartEvent or kind is SequenceStartEvent:
            _check_collection(event, mapping and key is None, len(around))
            around.append((here, mapping, key, key_start, key_end, begun, flow))
            mapping = kind is MappingStartEvent
            here, key, key_start, key_end = {} if mapping else [], None, -1, -1
            begun, flow = event.start_mark.index, event.flow_style
            continue
        else:
            end = _end(event, text, begun, flow, end)
            outer = around.pop()
            name = "map" if mapping else "list"
            node = new(Node, (name, begun, end, here, False, outer[3], outer[4], flow, ""))
            here, mapping, key, key_start, key_end, begun, flow = outer
        if not around:
            return node
        if mapping:
            here[key], key, key_start, key_end = node, None, -1, -1
        else:
            here.append(node)


def _end(event: Any, text: str, begun: int, flow: bool, last: int) -> int:  # noqa: ANN401, FBT001
    """Return where a collection ends: at its bracket, or with its last child."""
    if type(event) is AliasEvent:
        raise refusal(event, ANCHOR)
    end: int = event.end_mark.index
    return end if flow and text[begun] in "{[" else last


def _check_collection(event: Any, is_key: bool, depth: int) -> None:  # noqa: ANN401, FBT001
    if event.anchor is not None or event.tag is not None:
        raise _marked(event)
    if is_key:
        raise refusal(event, KEY)
    if depth >= DEEPEST:
        raise refusal(event, Saying("depth", f"more than {DEEPEST} levels of nesting", "flatten what stands here"))


def _block_end(text: str, start: int, end: int) -> int:
    """Return where a block of text ends, before its last line break: blank lines belong to it only with the + mark."""
    block = text[start:end]
    if "+" in LINE_BREAK.split(block, maxsplit=1)[0].partition("#")[0]:
        return start + len(block.removesuffix("\n").removesuffix("\r"))
    found = LINE_BREAK.search(text, start + len(block.rstrip(" \r\n")), end)
    return found.start() if found else end


def _marked(event: Any) -> HeadError:  # noqa: ANN401
    return refusal(event, TAG if event.anchor is None else ANCHOR, width=1)


def _bad_key(event: Any, here: dict[str, Node], text: str, first_line: int) -> HeadError:  # noqa: ANN401
    key = event.value
    if key in here:
        line = first_line + text.count("\n", 0, here[key].key_start)
        return refusal(event, Saying("duplicate", f"key '{key}' again; first on line {line}", "keep one of the two"))
    return refusal(event, MERGE if key == "<<" else KEY)


def _refuse_explicit_keys(next_token: Callable[[], Any]) -> None:
    while (token := next_token()) is not None:
        if type(token) is KeyToken and token.start_mark.index < token.end_mark.index:
            raise refusal(token, KEY)


def _stand_ins(text: str) -> dict[int, str]:
    """Return three characters that occur nowhere in the text, not even as escapes, for the foreign line breaks."""
    folded = text.lower()
    unused = (code for code in range(0xF0000, 0xFFFFE) if chr(code) not in text and f"{code:x}" not in folded)
    return dict(zip(islice(unused, 3), (_NEL, _LS, _PS), strict=True))


def _with_original(node: Node, foreign: dict[int, str]) -> Node:
    if isinstance(node.value, str):
        return node._replace(value=node.value.translate(foreign))
    if isinstance(node.value, list):
        return node._replace(value=[_with_original(item, foreign) for item in node.value])
    entries = {key.translate(foreign): _with_original(child, foreign) for key, child in node.value.items()}
    return node._replace(value=entries)
