"""Customer files, lines and texts as people, editors and accidents make them: strategies for the property tests."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from random import Random
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from crmtxt.errors import CrmError
from crmtxt.model.line import SUBJECT_KINDS
from crmtxt.model.line import Line
from crmtxt.text import edit
from crmtxt.text.lines import write_line
from crmtxt.text.parse import parse

if TYPE_CHECKING:
    from collections.abc import Callable

BOM = "\ufeff"
CHANNELS = ["call", "email", "meeting", "note", "message"]
HANDLES = ["jane", "tom", "o-neil", "x9"]
COLLEAGUES = ["@sam", "@ana", "@lee"]

AWKWARD = [
    "", " ", "  ", "\t", "\n", "\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u00a0", "\u200b", "\u202e", "\u2066",
    "\x1b[31m", "\x1b]0;title\x07", "\x9b31m", "\x7f", "\ufeff", "[red]", "[/x]", "//", " // ", ":", ": ", "::", "#",
    "#topic", "+topic", "# no topic", "'", '"', "''", "\\", "`", "```", "~~~", "---", "- ", "- [ ] ", "[x] ", "> ",
    "## Log", "## Next", "<<<<<<< HEAD", "=======", ">>>>>>> x", "@jane", "@acme/jane", "from", " to ", " by ",
    " with ", ",", "2026-11-21", "12:30", "fri", "feel:-1", "feel:9", ":)", ":(", "due:2026-12-01", "every:2w",
    "every:", "for:x", "nps:11", "🎉", "👩\u200d🚀", "é", "e\u0301", "ß", "İ", "日本", "عربى", "no", "null", "~", "007",
    "1_000", "0.10", "true", "{", "}", "[", "]", "&a", "*a", "!tag", "%", "|", ">", "?", "word", "Acme Ltd",
    "O'Brien", "x=y", "-x", "--", "$HOME", "{name}", "<b>", "</script>",
]  # fmt: skip

AWKWARD_HEADS = [
    "name: Acme Ltd",
    "name: 'Acme''s # not a comment'  # a comment",
    'name: "Acme \\"Ltd\\""',
    "name:   Acme   ",
    "stage: customer",
    "stage:   customer   # since the fair",
    "stage: 'customer'",
    "'stage': \"customer\"",
    "tags: [vip, emea]",
    "tags: [ vip , 'a, b' ,]   # both",
    "tags:\n- vip\n# between\n-   emea",
    "tags:\n  - vip\n\n  - emea # last",
    "tags: alone",
    "tags:",
    "tags: []",
    "contacts:\n  jane:\n    name: Jane Doe\n    phone: +44 20 7946 0000\n    # about\n    email: jane@acme.example",
    "contacts:\n    jane:  { name: Jane Doe, title: CTO }\n    tom:\n      name: Tom",
    "contacts: {}",
    "about: |\n  two\n\n  lines # text",
    "about: >-\n  folded\n  text",
    "about: plain\n  over two lines",
    "zip: 007",
    "phone: 1_000",
    "answer: no",
    "# a comment alone",
    "",
    "   ",
    "nested:\n  deeper:\n    deepest: [a, {b: c}]",
    "opportunities:\n  big:\n    title: Big\n    stage: proposal\n    value: 12000 EUR",
    "opportunities: {big: {value: nonsense}}",
    "since: 2024-03-01",
    "~: null",
]
BROKEN_HEADS = [
    "tags: [a",
    "a: b: c",
    "\tx: y",
    "x: &a 1",
    "name: twice\nname: twice",
    "- a list",
    "x: 'open",
    "!t x: y",
]
NOTES = [
    "Met at the fair.",
    "",
    "# A title",
    "## Something else",
    "##Log",
    "## log",
    " ## Log",
    "```\n## Log\n\n- 2026-01-01 call: not an entry\n```",
    "~~~ text\n## Next\n~~~",
    "- [ ] a list of their own\n  - nested",
    "| a | b |\n|---|---|",
    "<!-- - 2026-01-01 note: hidden -->",
    "---",
    "    ## Log",
    "> quoted",
    "\x0c",
    "tab\there",
    "trailing   ",
]
UNREADABLE = [
    "- 2026-13-45 call: no such day",
    "- 2026-11-21 25:99 call: no such time",
    "- yesterday call: no date",
    "- 2026-11-21 call without a colon",
    "- 2026-11-21 call nonsense here: subject of nothing",
    "- [?] 2026-11-21 call: a box of its own",
    "-2026-11-21 call: no space",
    "- ",
    "-",
    "* 2026-11-21 call: a star",
    "free text in the section",
    "### a smaller heading",
    "```\nfenced\n```",
    "<<<<<<< HEAD\n- 2026-11-21 note: ours\n=======\n- 2026-11-21 note: theirs\n>>>>>>> branch",
    "  an indented line",
    "\tan indented line",
    "- 2026-11-21 call from @acme/jane:without a space after the colon @acme/jane",
    "-   2026-11-21   call   with   @jane ,@tom   by sam,ana  :   odd   spacing   ",
    "- 2026-11-21  09:30  email: \t tabs\tinside\t",
]
ENDINGS = ["\n", "\r\n"]

texts = st.one_of(
    st.text(max_size=20),
    st.lists(st.one_of(st.sampled_from(AWKWARD), st.text(max_size=3)), max_size=8).map("".join),
)
one_line_texts = texts.map(lambda text: " ".join(text.replace("\0", "").split("\n")).replace("\r", " ").strip())
days = st.dates(date(2024, 1, 1), date(2027, 12, 31)).map(date.isoformat)
times = st.sampled_from(["", "", "00:00", "09:30", "23:59"])
people = st.lists(
    st.one_of(
        st.sampled_from([f"@{handle}" for handle in HANDLES]),
        st.sampled_from(["@globex/jane", "@acme/tom", "Mr Plumb", "jane at home"]),
    ),
    min_size=1,
    max_size=3,
    unique=True,
).map(tuple)
colleagues = st.lists(st.sampled_from(COLLEAGUES), max_size=2, unique=True).map(tuple)


def _continuation(rows: list[str]) -> str:
    """Return rows as a continuation is kept: no blank ends, no trailing space on any of them."""
    return "\n".join(row.rstrip() for row in rows).strip("\n").rstrip()


continuations = st.one_of(
    st.just(""),
    st.lists(
        st.one_of(
            one_line_texts,
            st.sampled_from(
                ["> their words", "", "  deeper", "- feedback product #export: slow", "```", "## Log", "---"]
            ),
        ),
        max_size=4,
    ).map(_continuation),
)


@st.composite
def lines(draw: st.DrawFn, *, boxed: bool) -> Line:
    """Lines as the program makes them, for Next (`boxed`) or for the log."""
    kind = draw(st.sampled_from([*CHANNELS, "task", "promise", "kept", "stage", *sorted(SUBJECT_KINDS)]))
    direction = draw(st.sampled_from(["", "from", "to", "with"]))
    return Line(
        date=draw(days),
        kind=kind,
        text=draw(one_line_texts),
        time=draw(times),
        subject=draw(st.sampled_from(["big", "first-answer", "von"])) if kind in SUBJECT_KINDS else "",
        direction=direction,
        who=draw(people) if direction else (),
        by=draw(colleagues),
        more=draw(continuations),
        box=draw(st.sampled_from(" x-")) if boxed else "",
    )


@st.composite
def written(draw: st.DrawFn, *, boxed: bool) -> str:
    """Lines as people write them: most are readable, some are not."""
    if draw(st.integers(0, 4)) == 0:
        return draw(st.sampled_from(UNREADABLE))
    day, time = draw(days), draw(times)
    box = draw(st.sampled_from(["- [ ] ", "- [x] ", "- [-] ", "- [X]  ", "- "])) if boxed else "- "
    header = draw(
        st.sampled_from(["call", "email from @jane", "note", "visit with @tom, Mr Plumb by @sam", "call by sam"])
    )
    header = draw(st.sampled_from([header, "message to @globex/jane", "promise to @jane", "goal first-answer", "kept"]))
    text = draw(
        st.sampled_from(["Sent it. #pricing", "worried feel:-1/low", "a: b: c", "", "quoted \"x\" 'y' `z`", "é 🎉"])
    )
    more = draw(
        st.sampled_from(["", "", "\n  > their words\n\n  - feedback product: slow", "\n\tby tab", "\n\n  late"])
    )
    return f"{box}{day} {time} {header}: {text}{more}".replace("  call", " call")


@st.composite
def section(draw: st.DrawFn, title: str) -> str:
    """One Next or Log section, tidy or not."""
    entries = draw(st.lists(written(boxed=title == "Next"), max_size=5))
    gap = draw(st.sampled_from(["\n", "\n\n", "\n\n\n"]))
    between = draw(st.sampled_from(["\n", "\n", "\n\n", "\n   \n"]))
    heading = draw(st.sampled_from([f"## {title}", f"## {title}", f"##  {title} ", f"##\t{title}\t"]))
    return heading + gap + between.join(entries)


@st.composite
def heads(draw: st.DrawFn, *, broken: bool = False) -> str:
    """What stands between the two --- lines, in LF; most are readable, `broken` ones are not all."""
    pieces = draw(
        st.lists(st.sampled_from(AWKWARD_HEADS), max_size=6, unique_by=lambda piece: piece.split(":")[0].strip("' "))
    )
    if broken and draw(st.booleans()):
        pieces.insert(draw(st.integers(0, len(pieces))), draw(st.sampled_from(BROKEN_HEADS)))
    return "".join(f"{piece}\n" for piece in pieces)


@st.composite
def files(draw: st.DrawFn, *, broken: bool = False) -> str:
    """Customer files: parts in any order, comments, fences, odd line endings, a BOM, no last newline."""
    parts = ["\n".join(draw(st.lists(st.sampled_from(NOTES), max_size=4)))]
    parts += [draw(section(title)) for title in draw(st.lists(st.sampled_from(["Next", "Log"]), max_size=3))]
    parts += draw(st.lists(st.sampled_from(["## Other\n\ntext", "## Ideas\n- 2026-01-01 not an entry"]), max_size=1))
    parts = draw(st.permutations(parts)) if draw(st.integers(0, 3)) == 0 else parts
    body = draw(st.sampled_from(["\n\n", "\n\n", "\n"])).join(parts)
    opening, closing = draw(st.sampled_from([("---\n", "---\n")] * 6 + [("--- \n", "---\t\n")] + [("", "")] * broken))
    text = opening + draw(heads(broken=broken)) + closing + body
    text = text.rstrip("\n") if draw(st.booleans()) else text.rstrip("\n") + "\n" * draw(st.integers(1, 3))
    if draw(st.booleans()):
        text = text.replace("\n", "\r\n")
        text = text.replace("\r\n", "\n", 1) if draw(st.integers(0, 5)) == 0 else text
    return BOM * draw(st.booleans()) + text


# two people at one file: what the program does to it for them, and what they do by hand

MERGE_DAYS = ["2026-11-01", "2026-11-05", "2026-11-09", "2026-11-10", "2026-11-12", "2026-11-20", "2026-11-21"]
MERGE_WORDS = ["send", "the", "revised", "quote", "terms", "call", "back", "about", "price", "export", "slow", "agreed"]
MERGE_HEADS = [
    "stage: lead  # since\n",
    "tags: [vip, emea]\n",
    "# about tags\ntags:\n  - vip\n  - emea # x\n",
    "lists: vip\n",
    "contacts:\n  jane:\n    name: Jane\n    title: CIO\n  tom: {name: Tom, title: X}\n",
    "about: |\n  one\n  two\n\n  three\n",
    "# tail\n",
]
MERGE_NOTES = ["Notes one.\n", "Notes two.\n", "\n", "- a list\n", "```\n## Log\n```\n", "Notes three.\n"]
MERGE_ROWS = [
    "# a comment", "", "Notes here.", "- 2026-11-12 call: by hand", "- 2026-11-21 call without colon", "stray text",
    "- yesterday call: x", "  indented", "### small", "## Ideas", "key: value", "  - item", "```", "---", "## Log",
]  # fmt: skip
MERGE_PATHS = [
    ("name",), ("stage",), ("owner",), ("contacts", "jane", "title"), ("contacts", "jane", "email"),
    ("contacts", "tom", "title"), ("contacts", "ben", "name"), ("contacts", "ada", "name"), ("plan", "aim"),
]  # fmt: skip


def merge_line(random: Random, *, boxed: bool) -> Line:
    """Return one of a few thousand lines, some of which are alike."""
    direction = random.choice(["", "from", "to", "with"])
    return Line(
        date=random.choice(MERGE_DAYS),
        kind=random.choice(["call", "email", "task", "promise", "note", "kept"]),
        text=" ".join(random.choices(MERGE_WORDS, k=random.randint(1, 4))),
        time=random.choice(["", "", "09:30", "14:00"]),
        direction=direction,
        who=(random.choice(["@jane", "@tom"]),) if direction else (),
        by=random.choice([(), ("@sam",), ("@ana",)]),
        more=random.choice(["", "", "> quote", "more\n\nand more"]),
        box=" " if boxed else "",
    )


def merge_base(seed: int) -> str:
    """Return a tidy customer file."""
    random = Random(seed)
    head = "".join(piece for piece in MERGE_HEADS if random.random() < 0.6)
    text = f"---\nname: Acme\n{head}---\n{''.join(random.choices(MERGE_NOTES, k=random.randint(0, 4)))}"
    for title in ("Next", "Log"):
        lines = [merge_line(random, boxed=title == "Next") for _ in range(random.randint(0, 3))]
        if lines:
            entries = sorted(write_line(line) for line in lines)
            text = "\n".join([text.rstrip("\n"), "", f"## {title}", "", *entries, ""])
    return text


def add(text: str, random: Random) -> str:
    """Add something, as a command does: a line, a contact, a tag."""
    act = random.randrange(4)
    if act == 0:
        return edit.insert(text, "next", merge_line(random, boxed=True))
    if act == 1:
        person = random.choice(["ada", "ben", "cleo", "dan"])
        return edit.add_entry(text, ("contacts", person), {"name": person.title()})
    if act == 2:
        return edit.add_to_list(text, ("tags",), random.choice(["x", "y", "vip"]))
    return edit.insert(text, "log", merge_line(random, boxed=False))


def settle(text: str, random: Random) -> str:
    """Change or take away something, as a command does: a value, a tag, a follow-up that is done, moved, called off."""
    act = random.randrange(5)
    lines = [entry.line for entry in parse(text, "").next]
    if act == 0:
        return edit.set_value(text, random.choice(MERGE_PATHS), random.choice(["a", "b", "c d", "12"]))
    if act == 1:
        return edit.remove_value(text, random.choice(MERGE_PATHS))
    if act == 2 or not lines:
        return edit.remove_from_list(text, ("tags",), random.choice(["x", "vip", "emea"]))
    line = random.choice(lines)
    if act == 3:
        return edit.redate(text, line, random.choice(MERGE_DAYS))
    kind, due = ("kept", f" due:{line.date}") if line.kind == "promise" else (line.kind, "")
    done = line._replace(date=random.choice(MERGE_DAYS), kind=kind, text=line.text + due, time="", box="")
    left = edit.remove(text, "next", line)
    return edit.insert(left, "log", done) if random.random() < 0.7 else left


def by_hand(text: str, random: Random) -> str:
    """Change something as no command does: a row put in, out or elsewhere, a word, a tick, line ends."""
    rows = text.split("\n")
    at, act = random.randrange(len(rows)), random.randrange(10)
    if act == 0:
        rows[at:at] = [random.choice(MERGE_ROWS)]
    elif act == 1:
        del rows[at]
    elif act == 2:
        rows[at] = random.choice(MERGE_ROWS)
    elif act == 3:
        rows.insert(random.randrange(len(rows)), rows.pop(at))
    elif act == 4:
        rows[at] = rows[at].replace("[ ]", "[x]")
    elif act == 5:
        return text + "\n" * (not text.endswith("\n")) + f"- 2026-11-21 note: {random.choice(MERGE_WORDS)}"
    elif act == 6:
        return text.rstrip("\r\n") + random.choice(["", "\n", "\n\n"])
    elif act == 7:
        return text.replace("\r\n", "\n") if "\r" in text else text.replace("\n", "\r\n")
    elif act == 8:
        return text.removeprefix(BOM) if text.startswith(BOM) else BOM + text
    else:
        rows[at] += f" {random.choice(MERGE_WORDS)}"
    return "\n".join(rows)


def edited(*ways: Callable[[str, Random], str]) -> st.SearchStrategy[Callable[[str], str]]:
    """Return edits of one to three steps, each in one of these ways; a step the program refuses is left out."""

    def several(seeds: list[int]) -> Callable[[str], str]:
        def act(text: str) -> str:
            for seed in seeds:
                random = Random(seed)
                with suppress(CrmError):
                    text = random.choice(ways)(text, random)
            return text

        return act

    return st.lists(st.integers(0, 9999), min_size=1, max_size=3).map(several)


merge_bases = st.integers(0, 9999).map(merge_base)
