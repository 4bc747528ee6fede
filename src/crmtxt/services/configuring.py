"""The settings in force: where each comes from, and how one is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtxt.errors import UsageError
from crmtxt.model.change import Change
from crmtxt.model.change import FileEdit
from crmtxt.model.change import Receipt
from crmtxt.model.names import nearest
from crmtxt.model.upkeep import SettingValue
from crmtxt.services.headcheck import book_findings
from crmtxt.services.userconfig import edited
from crmtxt.services.userconfig import write_config
from crmtxt.settings import BOOK
from crmtxt.settings import BOOK_FILE
from crmtxt.settings import SETTINGS
from crmtxt.settings import USER
from crmtxt.settings import BookSettings
from crmtxt.settings import Setting
from crmtxt.text import headedit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping


def known(name: str) -> Setting:
    """Return the setting a dotted name is one of; UsageError with the nearest."""
    for setting in SETTINGS:
        if _is(setting.name, name):
            return setting
    near = nearest(name, (setting.name for setting in SETTINGS))
    raise UsageError(f"no setting '{name}'", f"did you mean '{near}'?" if near else "see them all: crmtxt config")


def values(book: BookSettings | None, user: Mapping[str, str], name: str = "") -> list[SettingValue]:
    """Return every setting with its value and where it comes from, or only those of one name."""
    if name:
        known(name)
    found = [each for setting in SETTINGS for each in _values(setting, book, user)]
    return [each for each in found if not name or each.name == name or _is(name, each.name)]


def set_mine(path: str, name: str, value: str) -> Receipt:
    """Set one of the user's own settings; return what was written."""
    write_config(path, name, value)
    return Receipt("", f"config: {name}", path, 0, None, None, (f"{name}: {value or 'removed'}",))


def difference_of_mine(path: str, name: str, value: str) -> str:
    """Return what setting one of the user's own settings would change, as a unified diff."""
    from difflib import unified_diff

    before, after = (text.splitlines(keepends=True) for text in edited(path, name, value))
    return "".join(unified_diff(before, after, path, path))


def set_shared(name: str, value: str) -> Change:
    """Return the change that sets one setting of the book in crmtxt.yaml."""
    keys = tuple(name.split("."))
    if known(name).type == "list":
        raise UsageError(f"{name} is a list", f"change it in {BOOK_FILE}")

    def edit(text: str) -> str:
        after = headedit.set_value(text, keys, value) if value else headedit.remove_value(text, keys)
        refuse_new(text, after)
        return after

    return Change(f"config: {name}", "", (FileEdit(BOOK_FILE, edit),), (f"{name}: {value}",))


def refuse_new(before: str, after: str) -> None:
    """Refuse settings that hold something they may not and did not hold before; UsageError."""
    known_before = {(each.code, each.message) for each in book_findings(before)}
    for each in book_findings(after):
        if (each.code, each.message) not in known_before:
            raise UsageError(each.message, each.hint)


def _values(setting: Setting, book: BookSettings | None, user: Mapping[str, str]) -> Iterator[SettingValue]:
    raw = {key: ", ".join(each) for key, each in book.raw.items()} if book and setting.scope == BOOK else {}
    raw = dict(user) if setting.scope == USER else raw
    matching = [key for key in raw if _is(setting.name, key)]
    for key in matching:
        yield SettingValue(key, raw[key], "user" if setting.scope == USER else BOOK_FILE, setting.scope, setting.help)
    if not matching:
        yield SettingValue(setting.name, setting.default or None, "default", setting.scope, setting.help)


def _is(pattern: str, name: str) -> bool:
    parts, words = pattern.split("."), name.split(".")
    return len(parts) == len(words) and all(part in {"*", word} for part, word in zip(parts, words, strict=True))
