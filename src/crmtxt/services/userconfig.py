"""The user's own configuration: read, and changed key by key like any head."""

from __future__ import annotations

from crmtxt.errors import InvalidError
from crmtxt.store import state
from crmtxt.text.head import HeadError
from crmtxt.text.head import flatten
from crmtxt.text.head import read_head
from crmtxt.text.place import head_problem


def read_config(path: str) -> dict[str, str]:
    """Return the settings in a configuration file by dotted key; none when there is no file."""
    data = state.read(path)
    if data is None:
        return {}
    text = data.decode("utf-8", "replace").removeprefix("\ufeff")
    try:
        return {key: value for key, value in flatten(read_head(text, first_line=1)) if value is not None}
    except HeadError as error:
        raise InvalidError.at(head_problem(error, text, path, first_line=1)) from None


def write_config(path: str, name: str, value: str) -> None:
    """Set one key of a configuration file, or remove it with ""; everything else stays as it is."""
    state.write(path, edited(path, name, value)[1].encode())


def edited(path: str, name: str, value: str) -> tuple[str, str]:
    """Return the text of a configuration file, and as it is with one key set, or removed with ""."""
    from crmtxt.text.headedit import remove_value
    from crmtxt.text.headedit import set_value

    read_config(path)
    text = (state.read(path) or b"").decode()
    keys = tuple(name.split("."))
    return text, set_value(text, keys, value, as_text=True) if value else remove_value(text, keys)
