"""The settings in force: where each comes from, and how one is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtxt.errors import UsageError
from crmtxt.model.change import Change
from crmtxt.model.change import FileEdit
from crmtxt.model.names import nearest
from crmtxt.model.views import SettingValue
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


def set_mine(path: str, name: str, value: str) -> None:
    """Set one of the user's own settings."""
    write_config(path, name, value)


def set_shared(name: str, value: str) -> Change:
    """Return the change that sets one setting of the book in crmtxt.yaml."""
    keys = tuple(name.split("."))
    if known(name).type == "list":
        raise UsageError(f"{name} is a list", f"change it in {BOOK_FILE}")
    file = FileEdit(
        BOOK_FILE, lambda text: headedit.set_value(text, keys, value) if value else headedit.remove_value(text, keys)
    )
    return Change(f"config: {name}", "", (file,), (f"{name}: {value}",))


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
