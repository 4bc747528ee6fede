"""Why a head cannot be read, in plain words: what libyaml says is translated here."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

import re
from typing import TYPE_CHECKING
from typing import Any
from typing import NamedTuple

if TYPE_CHECKING:
    from yaml.error import YAMLError

_FORBIDDEN = "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"  # compiled only when needed: 10 ms
_DIRECTIVE = re.compile(r"^%.*", re.MULTILINE)


class Saying(NamedTuple):
    """One reason to refuse a head, without its place."""

    code: str
    message: str
    hint: str


ANCHOR = Saying(
    "anchor",
    "anchors (&) and aliases (*) are not read",
    "write the value out; put it in quotes if it begins with & or *",
)
TAG = Saying("tag", "tags (!) are not read", "remove the tag; put the value in quotes if it begins with !")
KEY = Saying("key", "a key must be one word or a text in quotes", "write key: value")
MERGE = Saying("merge", "merge keys (<<) are not read", "write the values out")
DOCUMENT = Saying("document", "the head is one document: ---, ... and % lines are not read", "delete this line")
STRANGER = Saying("key", "this is no part of what stands above", "check quotes, brackets and indentation")
TRAILER = Saying("value", "this follows a value that has ended", "put the whole value in quotes")
UNCLOSED = Saying(
    "quote",
    "this quote is never closed",
    "close it; inside single quotes write '' for one, inside double quotes \\\"",
)
START = Saying("value", "a value cannot begin like this", "put the value in quotes")
TAB = Saying("tab", "a tab in the indentation", "indent with spaces")
ESCAPE = Saying("quote", "a backslash that stands for nothing", "in double quotes write \\\\, or use single quotes")

# part of what libyaml says -> what we say; the first that is found counts
_SAYINGS = {
    "found unexpected end of stream": UNCLOSED,
    "found unexpected document indicator": UNCLOSED,
    "unknown escape": ESCAPE,
    "hexdecimal number": ESCAPE,
    "invalid Unicode": ESCAPE,
    "mapping values are not allowed": Saying(
        "colon",
        "a second ': ' in one value, or a key indented too far",
        "put a value that has ': ' in it in quotes",
    ),
    "could not find expected ':'": Saying("colon", "a line without ': '", "write it as key: value"),
    "found unexpected ':'": Saying("colon", "a ':' that belongs to nothing", "put the value in quotes"),
    "mapping keys are not allowed": KEY,
    "block sequence entries": Saying(
        "list",
        "a list cannot begin on the line of its key",
        "put each '- ' on a line of its own",
    ),
    "',' or ']'": Saying("bracket", "this [ is not closed where it should be", "write a list as [one, two]"),
    "',' or '}'": Saying("bracket", "this { is not closed where it should be", "write a map as {key: value}"),
    "expected '-'": Saying(
        "list", "this line is no part of the list above", "begin it with '- ' or indent it as its key"
    ),
    "expected key": STRANGER,
    "<document start>": STRANGER,
    "a tab character": TAB,
    "an anchor": ANCHOR,
    "an alias": ANCHOR,
    "a tag": TAG,
    "directive": DOCUMENT,
    "a block scalar": Saying(
        "value",
        "a block of text cannot begin like this",
        "write key: | and indent the lines below by two spaces",
    ),
    "node content": START,
}

_AT_THE_OPENING = (
    "end of stream",
    "document indicator",
    "',' or",
    "expected ':'",
    "scanning an anchor",
    "scanning an alias",
    "scanning a tag",
)


class HeadError(Exception):
    """What makes a head unreadable: `offset` and `width` count characters of the head's text."""

    def __init__(self, message: str, offset: int, width: int = 1, code: str = "yaml", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.width = width
        self.code = code
        self.hint = hint


def refusal(event: Any, saying: Saying, width: int = 0) -> HeadError:  # noqa: ANN401 - an event or a token of libyaml
    """Return the refusal of what an event stands for; `width` is its own length unless given."""
    start = event.start_mark.index
    return HeadError(saying.message, start, width or max(1, event.end_mark.index - start), saying.code, saying.hint)


def in_plain_words(error: "YAMLError", text: str) -> HeadError:
    """Return what libyaml refuses, at the place where it went wrong: at an open quote rather than at the end."""
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return _forbidden_character(error, text)
    problem = str(getattr(error, "problem", ""))
    context = str(getattr(error, "context", ""))
    opened = getattr(error, "context_mark", None)
    offset: int = mark.index
    if opened and any(words in f"{problem} {context}" for words in _AT_THE_OPENING):
        offset = opened.index
    directive = _DIRECTIVE.search(text)
    if directive and "<document start>" in problem:
        return HeadError(DOCUMENT.message, directive.start(), len(directive[0]), DOCUMENT.code, DOCUMENT.hint)
    saying = _saying(problem, context, text[offset : offset + 3])
    if saying is STRANGER and text[text.rfind("\n", 0, offset) + 1 : offset].strip():
        saying = TRAILER
    return HeadError(saying.message, offset, 1, saying.code, saying.hint)


def _saying(problem: str, context: str, found: str) -> Saying:
    if found in {"---", "..."}:
        return DOCUMENT
    if "cannot start any token" in problem:
        return TAB if found.startswith("\t") else START._replace(message=f"a value cannot begin with {found[:1]}")
    for words, saying in _SAYINGS.items():
        if words in problem or words in context:
            return saying
    return Saying("yaml", f"not readable as YAML: {problem}", "check quotes, brackets and indentation")


def _forbidden_character(error: "YAMLError", text: str) -> HeadError:
    found = re.search(_FORBIDDEN, text)
    if not found:
        return HeadError(f"not readable as YAML: {error}", 0, 1, "yaml", "check quotes, brackets and indentation")
    hint = 'delete it, or write it as an escape in double quotes, like "\\x1B"'
    name = f"U+{ord(found[0]):04X}"
    return HeadError(f"control character {name} in the head", found.start(), 1, "character", hint)
