"""Names: the handle made from one, the forms in which names are compared, and nouns with their number."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_HANDLE = 60

_EARLIEST_CUT = 20
_FEWEST_LETTERS = 2
_LONGEST_TYPO = 100
_NEAR = 0.6
_WITHOUT_ACCENT = str.maketrans(
    {
        "æ": "ae",
        "ð": "d",
        "ø": "o",
        "þ": "th",
        "đ": "d",
        "ħ": "h",
        "ı": "i",
        "ł": "l",
        "œ": "oe",
        "ŧ": "t",
        "’": "'",
        "‘": "'",
    },
)
_WINDOWS_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))},
)
_AND = frozenset({"and", "und", "et"})
_LEGAL_FORM = (
    "ab|ag|aps|as|asa|bv|bvba|co|coltd|company|corp|corporation|cv|dba|doo|eg|ehf|ek|ev|eurl|gbr|gesmbh|gmbh|hf|inc|"
    "incorporated|kft|kg|kgaa|kk|ks|lda|limited|llc|llp|lp|ltd|ltda|mbh|nv|oao|ohg|ood|oy|oyj|plc|pte|pty|pvt|"
    "sa|sab|sarl|sas|se|sl|slu|snc|spa|spol|spzoo|srl|sro|ug|zrt"
)


def handle_from(name: str, noun: str = "customer") -> str:
    """Return a handle for a name: lower-case ASCII letters, digits and single hyphens inside, at most 60 characters.

    Accents are dropped and other scripts transliterated; a name of which too little is left to tell it from another
    becomes the noun and six digits of its hash. The same name always gives the same handle.
    """
    text = fold(name)
    if not text.isascii():
        text = _transliterated(text)
    handle = "-".join(re.findall("[a-z0-9]+", text.replace("'", "").lower()))
    if not handle:
        return _hashed(name, noun)
    return f"{handle}-co" if handle in _WINDOWS_DEVICES else _cut(handle)


def is_handle(text: str) -> bool:
    """Return whether the text can be a handle: up to 60 of a-z, 0-9 and hyphens, not starting with a hyphen."""
    return re.fullmatch(f"[a-z0-9][a-z0-9-]{{0,{LONGEST_HANDLE - 1}}}", text) is not None


def fold(text: str) -> str:
    """Return the text without case, accents and superfluous white space, to compare what people type."""
    if text.isascii():
        return " ".join(text.lower().split())
    for _ in range(2):
        text = unicodedata.normalize("NFKD", text.casefold().translate(_WITHOUT_ACCENT))
        text = "".join(sign for sign in text if not "\u0300" <= sign <= "\u036f")
    return " ".join(unicodedata.normalize("NFC", text).split())


def bare(name: str) -> str:
    """Return the folded name without punctuation, `and` and the legal forms at its end, to find duplicates.

    A name that consists of nothing else is only folded.
    """
    folded = fold(name)
    joined = re.sub(r"['.]", "", re.sub(r"\b([akp])/s\b", r"\1s", folded).replace("sp. z o.o", "spzoo"))
    kept = "".join(sign if unicodedata.category(sign)[0] in "LMN" else " " for sign in joined)
    words = [word for word in kept.split() if word not in _AND]
    while len(words) > 1 and re.fullmatch(_LEGAL_FORM, words[-1]):
        words.pop()
    return " ".join(words) or folded


def counted(count: int, noun: str, nouns: str = "") -> str:
    """Return how many there are: 1 day, 2 days."""
    return f"{count} {noun if count == 1 else nouns or f'{noun}s'}"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that `word` is most likely a slip of, whatever its case, or None."""
    from difflib import get_close_matches

    if len(word) > _LONGEST_TYPO:
        return None
    by_fold = {fold(candidate): candidate for candidate in reversed(list(known))}
    close = get_close_matches(fold(word), by_fold, n=1, cutoff=_NEAR)
    return by_fold[close[0]] if close else None


def _transliterated(text: str) -> str:
    """Return the letters and digits in ASCII, "" when too little of them is left."""
    from anyascii import anyascii

    letters = "".join(sign if unicodedata.category(sign)[0] in "LMN" or sign.isascii() else " " for sign in text)
    result = anyascii(letters)
    foreign = [sign for sign in letters if not sign.isascii() and unicodedata.category(sign)[0] in "LN"]
    lost = sum(not anyascii(sign).strip() for sign in foreign)
    kept = sum(sign.isalnum() for sign in result)
    return result if kept >= _FEWEST_LETTERS and lost * 2 <= len(foreign) else ""


def _hashed(name: str, noun: str) -> str:
    from hashlib import sha256

    return f"{noun}-{sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:6]}"


def _cut(handle: str) -> str:
    """Return at most 60 characters, ending with a whole word unless that leaves too little."""
    if len(handle) <= LONGEST_HANDLE:
        return handle
    end = handle.rfind("-", _EARLIEST_CUT, LONGEST_HANDLE + 1)
    return handle[: end if end > 0 else LONGEST_HANDLE].rstrip("-")
