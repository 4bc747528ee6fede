"""One line of Next or Log: a follow-up, a promise, or something that happened."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

import re
from typing import NamedTuple

NEXT = "next"
LOG = "log"

OPEN = " "
DONE = "x"
CALLED_OFF = "-"

TASK = "task"
PROMISE = "promise"

# kinds that record a change; those with a subject are followed by the handle of what changed
CHANGE_KINDS = frozenset(
    {
        "stage",
        "opportunity",
        "goal",
        "initiative",
        "kept",
        "broken",
        "void",
        "promise",
        "consent",
        "campaign",
        "merged",
        "renamed",
    },
)
SUBJECT_KINDS = frozenset({"opportunity", "goal", "initiative", "campaign"})

TOPIC = re.compile(r"(?:(?<=\s)|^)#([\w][\w/-]*)")
TITLE = re.compile(r'(?:^|[ ])"([^"]*)"[ ]*$')  # at the end of a line of change
TOKEN = re.compile(r"(?:(?<=\s)|^)([a-z][a-z_-]*):(\"[^\"]*\"(?=\s|$)|\S+)", re.IGNORECASE)
FEEL = re.compile(r"([+-]?[0-2])(?:/(\S+))?")


def tokens(text: str) -> dict[str, str]:
    """Return the key:value tokens of a text, values in double quotes without them; of a key given twice, the last."""
    return {} if ":" not in text else {key.lower(): unquoted(value) for key, value in TOKEN.findall(text)}


class Line(NamedTuple):
    """A line of Next or Log as it is written.

    `date` is YYYY-MM-DD and `time` HH:MM or ""; `direction` is from, to, with or "";
    `who` holds `@contact`, `@customer/contact` or free text; `by` holds `@colleague`;
    `more` is the continuation without its indentation, "" when there is none.
    """

    date: str
    kind: str
    text: str
    time: str = ""
    subject: str = ""
    direction: str = ""
    who: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    more: str = ""
    box: str = ""

    @property
    def topics(self) -> tuple[str, ...]:
        """Return the #topics of the text, each once, in order."""
        return tuple(dict.fromkeys(TOPIC.findall(self.text))) if "#" in self.text else ()

    @property
    def tokens(self) -> dict[str, str]:
        """Return the key:value tokens of the text; of a key given twice, the last."""
        return tokens(self.text)

    @property
    def feel(self) -> int | None:
        """Return what they felt, -2 to +2, or None."""
        match = FEEL.fullmatch(feel) if (feel := self.tokens.get("feel")) else None
        return int(match[1]) if match else None

    @property
    def quote(self) -> str:
        """Return their own words: the blockquote of the continuation, "" when there is none."""
        rows = self.more.splitlines() if ">" in self.more else ()
        return "\n".join(row[1:].strip() for row in rows if row.startswith(">"))


def write_token(key: str, value: str) -> str:
    """Return a token as it is written: a value with spaces in double quotes, those within it as single ones."""
    plain = quoted(value)
    return f"{key}:{plain}" if " " in plain or plain == '""' else f"{key}:{plain[1:-1]}"


def quoted(text: str) -> str:
    """Return a text in double quotes, those within it as single ones."""
    return '"{}"'.format(" ".join(text.split()).replace('"', "'"))


def unquoted(value: str) -> str:
    """Return a text without the double quotes around it."""
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value


def anchored(text: str, day: str = "") -> str:
    """Return the text of a repeat counted from `day` (`due:DAY`), or from the date of its line when `day` is ""."""
    bare = " ".join(word for word in text.split(" ") if not word.startswith("due:"))
    return f"{bare} due:{day}" if day else bare


def without_tokens(text: str) -> str:
    """Return the text without its key:value tokens; an address such as https://… is none."""
    return " ".join(
        word for word in text.split() if not ((match := TOKEN.fullmatch(word)) and not match[2].startswith("//"))
    )
