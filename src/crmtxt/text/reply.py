"""What is new in a mail: its text without signature, quoted replies and what was forwarded."""

from __future__ import annotations

import re
from html.parser import HTMLParser

LONGEST = 200_000
SIGNATURE = re.compile(r"--\s?")
# what mail programs write above the whole of the older mail
OLDER = re.compile(
    r"-{2,}\s*(original message|forwarded message|original-nachricht|ursprüngliche nachricht|weitergeleitete nachricht|"
    r"message d'origine|message transféré|mensaje original|messaggio originale|oorspronkelijk bericht)\s*-{2,}|"
    r"begin forwarded message:|_{20,}",
    re.IGNORECASE,
)
# the head of the older mail: who it was from, below it two more of its fields, whatever they are called
SENDER = re.compile(
    r"\*?(from|von|de|da|van|från|fra|od|от|від|lähettäjä|feladó|kimden|差出人|发件人|寄件者|보낸 사람)\s?[:：]\*?\s.*",
    re.IGNORECASE,
)
FIELD = re.compile(r"\*?\w[\w .-]{0,30}?\s?[:：]\*?\s*\S.*")
FIELDS = 2
ATTRIBUTED = 3  # lines at most that say who wrote what is quoted below
LONGEST_ATTRIBUTION = 400
ATTRIBUTION = re.compile(r"(on|am|le|el|il|op|den|em|w dniu)\s.*\S\s?[:：]", re.IGNORECASE | re.DOTALL)
WROTE = re.compile(
    r"@|\b(wrote|schrieb|a écrit|escribió|ha scritto|schreef|skrev|skrifaði|escreveu|napisał|kirjoitti|írta)\b",
    re.IGNORECASE,
)
MOMENT = re.compile(r".*[0-9]{1,4}[.:h][0-9]{2}.*[:：]", re.DOTALL)
DAY = re.compile(r"\b[0-9]{4}\b|\b[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{2}\b|[0-9]{4}年")

# left out before the page is parsed: an unclosed < costs the parser the square of what follows
UNSEEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|title)\b[^<>]{0,2000}>.*?(?:</\1\s{0,9}>|\Z)", re.IGNORECASE | re.DOTALL
)
BARE = re.compile(r"<(?!/?[a-z][^<>]{0,5000}>)", re.IGNORECASE)
SILENT = frozenset({"head", "template", "noscript"})
BREAKS = frozenset(
    {"address", "article", "blockquote", "br", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr",
     "li", "ol", "p", "pre", "section", "table", "tr", "ul"}
)  # fmt: skip
VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
CELLS = frozenset({"td", "th"})
QUOTING = re.compile(r"gmail_quote|gmail_signature|yahoo_quoted|moz-cite-prefix|moz-signature")
OLDER_BELOW = re.compile(r"divrplyfwdmsg|appendonsend")  # of Outlook: what follows, and not what is within, is older
NEVER = ""  # the name of no tag


def new_text(text: str) -> str:
    """Return the part of a plain text that its writer wrote now, blank lines at most one in a row."""
    rows: list[str] = []
    lines = text[:LONGEST].replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for at, line in enumerate(lines):
        row = line.strip()
        if SIGNATURE.fullmatch(line) or OLDER.fullmatch(row) or _is_older(lines, at):
            break
        if line.startswith(">"):
            _drop_attribution(rows)
        elif row or (rows and rows[-1]):
            rows.append(line.rstrip())
    return "\n".join(rows).strip("\n")


def text_of_html(html: str) -> str:
    """Return the text of an HTML page as lines; what it quotes, its style and its programs are left out."""
    page = _Page()
    page.feed(BARE.sub("&lt;", UNSEEN.sub("", html[:LONGEST])))
    page.close()
    rows = (" ".join(row.split()) for row in "".join(page.parts).split("\n"))
    return "\n".join(rows)


def _is_older(lines: list[str], at: int) -> bool:
    """Say whether the head of an older mail begins here: From: and, one below the other, Sent: and To:."""
    below = lines[at + 1 : at + 1 + FIELDS]
    return bool(SENDER.fullmatch(lines[at].strip())) and (
        len(below) == FIELDS and all(FIELD.fullmatch(line.strip()) for line in below)
    )


def _drop_attribution(rows: list[str]) -> None:
    """Remove what stands above a quotation: `On Friday, Jane wrote:`, on up to three lines."""
    while rows and not rows[-1]:
        rows.pop()
    for count in range(1, ATTRIBUTED + 1):
        if _attributes("\n".join(rows[-count:]).strip()):
            del rows[-count:]
            return


def _attributes(said: str) -> bool:
    """Say whether this tells who wrote what follows: by name or address, and when."""
    if len(said) > LONGEST_ATTRIBUTION or not WROTE.search(said):
        return False
    return bool(ATTRIBUTION.fullmatch(said) or (MOMENT.fullmatch(said) and DAY.search(said)))


class _Page(HTMLParser):
    """The walk over a page: `parts` are its texts; `closing` are the open elements whose content is left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.closing: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        marks = " ".join(value for name, value in attrs if name in {"class", "id"} and value).lower()
        quotes = tag == "blockquote" or QUOTING.search(marks)
        if tag not in VOID and (self.closing[-1:] == [tag] or (not self.closing and (tag in SILENT or quotes))):
            self.closing.append(tag)
        if OLDER_BELOW.search(marks):
            self.closing.append(NEVER)
        if tag in BREAKS:
            self.parts.append("\n- " if tag == "li" else "\n")
        elif tag in CELLS:
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if self.closing[-1:] == [tag]:
            self.closing.pop()
        if tag in BREAKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.closing:
            self.parts.append(" ".join(f"|{data}|".split())[1:-1])
