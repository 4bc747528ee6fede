"""Add, change, rename and remove customers and their contacts."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING
from typing import NamedTuple
from typing import cast

from crmtxt.errors import NotFoundError
from crmtxt.errors import UsageError
from crmtxt.measure.network import LEVELS
from crmtxt.model.change import Change
from crmtxt.model.change import Edit
from crmtxt.model.change import FileEdit
from crmtxt.model.line import LOG
from crmtxt.model.line import Line
from crmtxt.model.names import fold
from crmtxt.model.names import handle_from
from crmtxt.model.names import is_handle
from crmtxt.model.names import nearest
from crmtxt.model.opportunity import HEAD
from crmtxt.model.opportunity import LOGGED
from crmtxt.model.opportunity import STAGE
from crmtxt.model.opportunity import step
from crmtxt.services import twins
from crmtxt.services.headcheck import doubts
from crmtxt.services.headcheck import gate
from crmtxt.services.headcheck import typing_it
from crmtxt.services.journal import chain
from crmtxt.services.journal import inserting
from crmtxt.store.rows import handle_of
from crmtxt.store.rows import traits_of
from crmtxt.text import edit
from crmtxt.text.emit import Value
from crmtxt.text.emit import mapping

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmtxt.services.writer import Writer
    from crmtxt.settings import BookSettings
    from crmtxt.store import reads

ADDRESS = re.compile(r"\s*(?P<name>[^<>]*?)\s*<\s*(?P<email>[^<>\s]+@[^<>\s]+)\s*>\s*")
ASSIGNMENT = re.compile(r"(?P<key>[^=+\s]+?)(?P<op>\+=|-=|=)(?P<value>.*)", re.DOTALL)
PLAIN_KEY = re.compile(r"[\w][\w-]*(?:\.[\w][\w-]*)*")
LISTS = frozenset({"tags", "aliases", "distinct"})
TEXTS = frozenset({"name", "title", "email", "phone", "role", "source", "cares_about", "person"})
SCALES = {"influence": range(1, 6), "stance": range(-2, 3)}
LETTER_FOLDERS = "customers/_/%"


class NewCustomer(NamedTuple):
    """What a new customer begins with; `contacts` as typed: `Jane Doe <jane@acme.example>`.

    `handle` is made from the name and `since` is today where they are not given; a `since` of None nobody knows. `own`
    are other keys of the head.
    """

    name: str
    person: bool = False
    stage: str = ""
    type: str = ""
    owner: str = ""
    source: str = ""
    tags: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    handle: str = ""
    since: str | None = ""
    own: tuple[tuple[str, str], ...] = ()


def add(writer: Writer, new: NewCustomer) -> Change:
    """Return the change that makes a new customer's file."""
    file, head = new_file(writer, new)
    handle, name = handle_of(file.path), str(head["name"])
    remarks = [*doubts(writer.settings, {"owner": new.owner, "type": new.type})]
    if writer.settings.types and not (new.type or new.person):
        remarks.append(f"no relationship type yet: {typing_it(handle, writer.settings)}")
    told = (f"{name} · {head['stage']} · {file.path}", *remarks, *_twins(writer, handle, (name,), head))
    return Change(f"{handle}: add {name}", handle, (file,), told)


def new_file(writer: Writer, new: NewCustomer) -> tuple[FileEdit, dict[str, Value]]:
    """Return the edit that makes a new customer's file, and its head."""
    name, more = edit.tidy(new.name)
    if not name or more:
        raise UsageError("a customer needs a name of one line", "such as: crmtxt add 'Acme Ltd'")
    handle = new.handle or handle_from(name)
    taken = writer.index.query(
        "SELECT f.path, c.name FROM customer c JOIN file f ON f.id = c.id WHERE c.handle = ?", (handle,)
    )
    if taken:
        hint = f"{taken[0][0]} is {taken[0][1]}; if this is another one, give a name that tells them apart"
        raise UsageError(f"there is a customer '{handle}' already", hint)
    stage = known_stage(new.stage, writer.settings) if new.stage else writer.settings.stages[0]
    head: dict[str, Value] = {"name": name, "stage": stage}
    head |= {key: value for key, value in (("type", new.type), ("owner", new.owner)) if value}
    head |= {} if new.since is None else {"since": new.since or writer.today.isoformat()}
    head |= {"source": new.source} if new.source else {}
    head |= {"tags": list(dict.fromkeys(new.tags))} if new.tags else {}
    head |= {"person": "true"} if new.person else {}
    head |= dict(new.own)
    head |= {"contacts": _people(new.contacts)} if new.contacts else {}
    text = f"---\n{mapping(head, 0)}---\n\n## Next\n\n## Log\n"
    return FileEdit(f"{_folder(writer, handle)}/{handle}.md", lambda _: text, creates=True), head


def set_values(writer: Writer, found: reads.Found, assignments: list[str]) -> Change:
    """Return the change that sets `key=value`, removes with `key=`, adds and removes list items with += and -=."""
    keys = [_key_of(each) for each in assignments]
    if twice := next((key for key in keys if keys.count(key) > 1 and key not in LISTS), ""):
        raise UsageError(f"{twice} is set twice", "say what it is to be once")
    edits = [*(_assignment(writer, found, each) for each in assignments), lambda text: gate(text, keys)]
    summary = f"{found.handle}: set {', '.join(keys)}"
    understood = (f"{found.name} · {' '.join(assignments)}", *doubts(writer.settings, dict(map(_pair, assignments))))
    return Change(summary, found.handle, (FileEdit(found.path, chain(edits)),), understood)


def move_stage(writer: Writer, found: reads.Found, stage: str) -> Change:
    """Return the change that moves a customer to another stage and logs it."""
    new = known_stage(stage, writer.settings)
    said = f"{found.stage or ''} -> {new}".strip()
    return Change(
        f"{found.handle}: stage {said}",
        found.handle,
        (FileEdit(found.path, _staging(writer, found, new)),),
        (f"{found.name} · {said}",),
    )


def known_stage(stage: str, settings: BookSettings) -> str:
    """Return a stage of the book; UsageError with the nearest one and the list."""
    if stage in settings.stages:
        return stage
    near = nearest(stage, settings.stages)
    guess = f"; did you mean '{near}'?" if near else ""
    raise UsageError(f"no stage '{stage}'{guess}", f"stages of this book: {', '.join(settings.stages)}")


def add_contact(writer: Writer, found: reads.Found, handle: str, values: dict[str, str]) -> Change:
    """Return the change that adds a person to a customer's contacts."""
    _check_scales(values)
    if not is_handle(handle):
        raise UsageError(
            f"'{handle}' is no handle", f"lower-case letters, digits and hyphens, such as {handle_from(handle)}"
        )
    if handle in dict(found.contacts):
        raise UsageError(
            f"{found.handle} has a contact '{handle}' already",
            f"change it with: crmtxt contact set {found.handle} {handle}",
        )
    said = ", ".join(f"{key} {value}" for key, value in values.items())
    file = FileEdit(found.path, lambda text: edit.add_entry(text, ("contacts", handle), values))
    told = (f"{found.name} · {handle}: {said}", *_twins(writer, found.handle, (), {"contacts": {handle: values}}))
    return Change(f"{found.handle}: contact add {handle}", found.handle, (file,), told)


def set_contact(writer: Writer, found: reads.Found, handle: str, values: dict[str, str]) -> Change:
    """Return the change that sets what is given of a person."""
    if not values:
        raise UsageError(
            "nothing to set",
            "give one of --name, --title, --email, --phone, --role, --influence, --stance, --ours, --wanted, --person, "
            "--since, --until",
        )
    _check_scales(values)
    key = known_contact(found, handle)
    edits = [partial(_set, ("contacts", key, name), value) for name, value in values.items()]
    said = ", ".join(f"{name} {value}" for name, value in values.items())
    file = FileEdit(found.path, chain(list(edits)))
    told = (f"{found.name} · {key}: {said}", *_twins(writer, found.handle, (), {"contacts": {key: values}}))
    return Change(f"{found.handle}: contact set {key}", found.handle, (file,), told)


def _check_scales(values: Mapping[str, str]) -> None:
    """Refuse what is off its scale: influence, stance, how close we want to be."""
    for word, scale in SCALES.items():
        value = values.get(word)
        if value and value not in {str(each) for each in scale} | {f"+{each}" for each in scale if each > 0}:
            raise UsageError(f"{word} {value} is not on the scale", f"{word} goes from {scale[0]} to {scale[-1]}")
    wanted = values.get("wanted", "")
    if wanted and wanted not in LEVELS:
        raise UsageError(f"no level '{wanted}'", f"--wanted takes {', '.join(LEVELS[1:-1])} or {LEVELS[-1]}")


def remove_contact(found: reads.Found, handle: str) -> Change:
    """Return the change that removes a person from the contacts; lines of the log keep their name."""
    key = known_contact(found, handle)
    file = FileEdit(found.path, lambda text: edit.remove_value(text, ("contacts", key)))
    return Change(
        f"{found.handle}: contact remove {key}",
        found.handle,
        (file,),
        (f"{found.name} · {dict(found.contacts)[key]} removed",),
    )


def known_contact(found: reads.Found, name: str) -> str:
    """Return the key of a contact by its key or name; NotFoundError lists them."""
    folded = fold(name.removeprefix("@"))
    for key, label in found.contacts:
        if folded in (fold(key), fold(label)):
            return key
    known = ", ".join(key for key, _ in found.contacts) or "none yet"
    raise NotFoundError(f"{found.handle} has no contact '{name}'", f"contacts: {known}")


def _assignment(writer: Writer, found: reads.Found, typed: str) -> Edit:
    match = ASSIGNMENT.fullmatch(typed)
    if match is None or not PLAIN_KEY.fullmatch(match["key"]):
        raise UsageError(f"cannot read '{typed}'", "write KEY=VALUE, KEY= to remove it, tags+=x or tags-=x")
    key, operator = match["key"], match["op"]
    value, more = edit.tidy(match["value"])
    value = f"{value}\n{more}" if more else value
    path = tuple(key.split("."))
    _refuse_told(found, path, value)
    if operator != "=":
        if not value:
            raise UsageError(f"nothing after '{operator}'", "such as: tags+=vip")
        change_list = edit.add_to_list if operator == "+=" else edit.remove_from_list
        return lambda text: change_list(text, path, value)
    if key == "stage":
        return _staging(writer, found, known_stage(value, writer.settings))
    if key == "name" and not value:
        raise UsageError("a customer needs a name", f"to remove the customer: crmtxt remove {found.handle}")
    if not value:
        return lambda text: edit.remove_value(text, path)
    if key in LISTS:
        raise UsageError(f"{key} is a list", f"add with {key}+=x, remove with {key}-=x")
    return lambda text: edit.set_value(text, path, value, as_text=path[-1] in TEXTS)


def _refuse_told(found: reads.Found, path: tuple[str, ...], value: str) -> None:
    """Refuse to set what the log tells of an opportunity, but for its line."""
    if path[0] != HEAD or path[2:] not in {(each,) for each in (STAGE, *LOGGED)}:
        return
    _, handle, key = path
    words = f"'{value}'" if " " in value else value
    verb, said = ("move", words or "STAGE") if key == STAGE else ("set", f"{key}={words}")
    hint = f"crmtxt opp {verb} {found.handle} {handle} {said}"
    raise UsageError(f"the log tells the {key} of an opportunity as well", hint)


def _staging(writer: Writer, found: reads.Found, stage: str) -> Edit:
    """Return the edit that sets the stage and logs the move; a stage that is there already changes nothing."""
    if stage == found.stage:
        return lambda text: text
    line = Line(writer.today.isoformat(), "stage", step(found.stage or "", stage), by=writer.by)
    return chain([lambda text: edit.set_value(text, ("stage",), stage), inserting([(LOG, line)])])


def _set(path: tuple[str, ...], value: str, text: str) -> str:
    return edit.set_value(text, path, value, as_text=path[-1] in TEXTS)


def _key_of(typed: str) -> str:
    match = ASSIGNMENT.fullmatch(typed)
    return match["key"] if match else typed


def _pair(typed: str) -> tuple[str, str]:
    match = ASSIGNMENT.fullmatch(typed)
    return (match["key"], match["value"]) if match else (typed, "")


def _people(typed: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """Return contacts by handle, made from names and addresses."""
    found: dict[str, dict[str, str]] = {}
    for each in typed:
        match = ADDRESS.fullmatch(each)
        name, email = (match["name"], match["email"]) if match else (each.strip(), "")
        name = name.strip('" ') or email.split("@")[0]
        if not name or "<" in name:
            raise UsageError(f"cannot read the contact '{each}'", "write it as 'Jane Doe <jane@acme.example>'")
        first = handle_from(name.split()[0])
        handle = first if first not in found else handle_from(name)
        if handle in found:
            raise UsageError(f"two contacts would be '{handle}'", "add the second with: crmtxt contact add")
        found[handle] = {"name": name} | ({"email": email} if email else {})
    return found


def _folder(writer: Writer, handle: str) -> str:
    """Return the folder a new file goes to: a letter's when the book is kept that way."""
    sorted_, whole = writer.index.query(
        "SELECT count(*) FILTER (WHERE path LIKE ?), count(*) FROM file WHERE id <> 0", (LETTER_FOLDERS,)
    )[0]
    return f"customers/{handle[0]}" if int(str(sorted_)) * 2 > int(str(whole)) else "customers"


def _twins(writer: Writer, handle: str, names: tuple[str, ...], head: Mapping[str, Value]) -> tuple[str, ...]:
    """Return a warning for each other customer that shares one of these names, or an address or domain in a head."""
    people = cast("Mapping[str, Mapping[str, str]]", head.get("contacts", {})).values()
    addresses = [each["email"] for each in people if "email" in each and "person" not in each]
    traits = traits_of(names, addresses, is_person="person" in head)
    return twins.remarks(writer.index, writer.settings, handle, traits)
