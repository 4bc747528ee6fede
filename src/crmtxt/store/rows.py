"""From the text of one file to its rows in the index."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from collections.abc import Iterable
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING
from typing import NamedTuple

from crmtxt.errors import Problem
from crmtxt.measure.history import CHAMPION
from crmtxt.measure.history import NEVER
from crmtxt.measure.history import Contacts
from crmtxt.measure.history import History
from crmtxt.measure.history import Person
from crmtxt.measure.history import read_history
from crmtxt.model.addresses import domain_of
from crmtxt.model.addresses import plain_address
from crmtxt.model.followup import references
from crmtxt.model.line import LOG
from crmtxt.model.line import NEXT
from crmtxt.model.line import OPEN
from crmtxt.model.names import bare
from crmtxt.model.names import fold
from crmtxt.settings import VERSION
from crmtxt.settings import BookSettings
from crmtxt.store.cadence import cadence_of
from crmtxt.store.opportunities import opportunities_of
from crmtxt.store.opportunities import worth_of
from crmtxt.text.conflict import Region
from crmtxt.text.conflict import blanked
from crmtxt.text.conflict import regions
from crmtxt.text.document import Document
from crmtxt.text.document import Entry
from crmtxt.text.document import decode
from crmtxt.text.head import HeadError
from crmtxt.text.head import flatten
from crmtxt.text.head import read_head
from crmtxt.text.node import Node
from crmtxt.text.parse import parse
from crmtxt.text.place import head_problem

if TYPE_CHECKING:
    from crmtxt.measure.deals import Deal

INFLUENCES = frozenset("12345")
NAME = "name"
NOTES = "notes"
Fields = list[tuple[str, str | None]]
LineRow = tuple[tuple[object, ...], str, tuple[str, ...], tuple[str, ...], tuple[tuple[str, str], ...]]


class Tied(NamedTuple):
    """A contact: its handle, name and folded name; the handle of its own file, the dates of the tie, the birthday."""

    handle: str
    name: str | None
    folded: str
    person: str | None
    since: str | None
    until: str | None
    birthday: str | None


class Trait(NamedTuple):
    """Something that only customers who may be one have in common: `kind` is name, email or domain."""

    kind: str
    value: str


class FileRows(NamedTuple):
    """What the index holds of one file, table by table; `lines`, with what hangs on each, are read once."""

    fields: Fields
    problems: tuple[Problem, ...]
    customer: tuple[object, ...] | None = None
    aliases: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    contacts: tuple[Tied, ...] = ()
    traits: tuple[Trait, ...] = ()
    opportunities: tuple["Deal", ...] = ()
    lines: Iterable[LineRow] = ()
    history: History | None = None
    document: Document | None = None

    @property
    def by(self) -> dict[int, tuple[str, ...]]:
        """Return who of us is named in each line of the log, by the number of the line."""
        return {entry.number: entry.line.by for entry in self.document.log} if self.document else {}


def handle_of(path: str) -> str:
    """Return the handle of a customer file: its name without .md."""
    return path.rsplit("/", 1)[-1].removesuffix(".md")


def settings_rows(data: bytes, path: str) -> FileRows:
    """Return the fields of crmtxt.yaml; InvalidError when it is not UTF-8."""
    written = decode(data, path).removeprefix("\ufeff")
    conflicts = regions(written)
    text, problems = blanked(written, conflicts), _conflict_problems(written, conflicts, path)
    try:
        fields = flatten(read_head(text, first_line=1))
    except HeadError as error:
        return FileRows([], (*problems, head_problem(error, text, path, first_line=1)))
    version = dict(fields).get("crmtxt") or VERSION
    if version == VERSION:
        return FileRows(fields, tuple(problems))
    message = f"this book is of version {version} of the format; this crmtxt reads version {VERSION}"
    return FileRows(fields, (Problem(path, 0, 0, "version", message, "use a newer crmtxt; nothing is written"),))


def _conflict_problems(text: str, conflicts: Sequence[Region], path: str) -> list[Problem]:
    if not conflicts:
        return []
    from crmtxt.text.disagreement import conflict_problems

    return conflict_problems(text, conflicts, path)


def customer_rows(data: bytes, path: str, settings: BookSettings) -> FileRows:
    """Return the rows of a customer file; a head that cannot be read leaves only its problems."""
    document = parse(decode(data, path), path)
    head = document.text[slice(*document.head)]
    problems = list(document.problems)
    try:
        root = read_head(head)
    except HeadError as error:
        return FileRows([], (head_problem(error, head, path, first_line=2), *problems))
    if any(problem.code == "no-head" for problem in problems):
        return FileRows([], tuple(problems))
    fields = flatten(root)
    handle = handle_of(path)
    values = {key: value for key, value in fields if value is not None}
    name = values.get("name") or handle
    others = [value for key, value in fields if key in {"aliases", "alias"} and value]
    tags = tuple(value for key, value in fields if key == "tags" and value)
    contacts = _contacts(root, values)
    sums, faults = worth_of(root, values, settings)
    problems += (head_problem(fault, head, path, first_line=2) for fault in faults)
    return FileRows(
        fields=fields,
        problems=tuple(problems),
        customer=(
            handle,
            name,
            *(values.get(key) for key in ("stage", "type", "owner", "since")),
            cadence_of(values, tags, settings),
            *sums,
        ),
        aliases=tuple(dict.fromkeys(fold(each) for each in (handle, name, *others))),
        tags=tags,
        contacts=tuple(_tied(key, values) for key in contacts),
        traits=traits_of((name, *others), _addresses(values, contacts), is_person=values.get("person") == "true"),
        opportunities=tuple(opportunities_of(document.log, fields, settings)),
        lines=_lines(handle, document, settings, contacts, _about(handle, name, others, fields)),
        history=_history(document, settings, contacts, values),
        document=document,
    )


def _history(document: Document, settings: BookSettings, names: dict[str, str], values: dict[str, str]) -> History:
    """Return what the measures need of a file."""
    people = [_person(f"contacts.{handle}.", values) for handle in names]
    return read_history(
        [(entry.number, entry.line) for entry in document.log],
        [(entry.number, entry.line) for entry in document.next],
        Contacts(tuple(names), tuple(names.values()), people),
        settings.channels,
    )


def _person(prefix: str, values: dict[str, str]) -> Person:
    """Return what is known of a contact; what cannot be read counts as not known, and is named by check."""
    influence, written = values.get(f"{prefix}influence", ""), values.get(f"{prefix}until", "")
    try:
        until = date.fromisoformat(written).toordinal() if written else NEVER
    except ValueError:
        until = NEVER
    is_champion = values.get(f"{prefix}role", "").lower() == CHAMPION
    return Person(int(influence) if influence in INFLUENCES else 0, is_champion, until)


def _about(handle: str, name: str, others: Iterable[str], fields: Fields) -> str:
    """Return the words a customer is found by."""
    people = [
        value for key, value in fields if value and key.startswith("contacts.") and key.endswith((".name", ".email"))
    ]
    return " ".join((handle, name, *others, *people))


def _contacts(root: Node, values: dict[str, str]) -> dict[str, str]:
    """Return the names of the contacts by their handles."""
    return {key: values.get(f"contacts.{key}.name") or key for key in root.keys("contacts")}


def _tied(key: str, values: dict[str, str]) -> Tied:
    facts = ("name", "person", "since", "until", "birthday")
    name, person, *dates = (values.get(f"contacts.{key}.{fact}") for fact in facts)
    return Tied(key, name, fold(name or key), person.removeprefix("@") if person else None, *dates)


def traits_of(names: Iterable[str], addresses: Iterable[str], *, is_person: bool) -> tuple[Trait, ...]:
    """Return the traits of a customer with these names and e-mail addresses; the domain of a person tells nothing."""
    plain = [address for each in addresses if (address := plain_address(each))]
    found = [Trait("name", value) for name in names if (value := bare(name))]
    found += [Trait("email", address) for address in plain]
    found += [] if is_person else [Trait("domain", domain_of(address)) for address in plain]
    return tuple(dict.fromkeys(found))


def _addresses(values: dict[str, str], contacts: Iterable[str]) -> Iterable[str]:
    """Yield the addresses of a customer and its people, without those who have a file of their own."""
    own = [f"contacts.{key}" for key in contacts if f"contacts.{key}.person" not in values]
    return (values[key] for key in ("email", *(f"{key}.email" for key in own)) if key in values)


def _lines(
    handle: str,
    document: Document,
    settings: BookSettings,
    contacts: dict[str, str],
    about: str,
) -> Iterable[LineRow]:
    """Yield one row for the name, the notes and each line, with its words, topics, people and tokens."""
    yield _plain_row(NAME, 1, about)
    if document.notes:
        yield _plain_row(NOTES, document.notes_number, document.notes)
    for entry in document.log:
        yield _line_row(entry, LOG, None, settings, contacts)
    refs = iter(references(handle, [entry.line for entry in document.next if entry.line.box == OPEN]))
    for entry in document.next:
        yield _line_row(entry, NEXT, next(refs) if entry.line.box == OPEN else None, settings, contacts)


def _plain_row(section: str, number: int, text: str) -> LineRow:
    return (section, number, "", "", "", "", "", "", "", "", text, "", None, 0, None), text, (), (), ()


def _line_row(
    entry: Entry,
    section: str,
    ref: str | None,
    settings: BookSettings,
    contacts: dict[str, str],
) -> LineRow:
    line = entry.line
    touch = section == LOG and line.direction != "to" and settings.channels.get(line.kind, 0) > 0
    who, text = ", ".join(line.who), line.text
    row = (
        section, entry.number, line.box, line.date, line.time, line.kind, line.subject, line.direction,
        who, ", ".join(line.by), text, line.more, ref, int(touch), line.feel if "feel:" in text else None,
    )  # fmt: skip
    topics = tuple(topic.lower() for topic in line.topics) if "#" in text else ()
    tokens = tuple((key, value) for key, value in line.tokens.items() if key != "feel") if ":" in text else ()
    people = tuple(dict.fromkeys(each for name in line.who for each in _known_as(name, contacts)))
    return row, f"{who} {text}\n{line.more}" if line.more else f"{who} {text}", topics, people, tokens


def _known_as(who: str, contacts: dict[str, str]) -> tuple[str, ...]:
    """Return the folded words a person of a line is asked for by: handle, and mapped name."""
    plain = who.removeprefix("@")
    name = contacts.get(plain)
    return (fold(plain),) if name is None or not who.startswith("@") else (fold(plain), fold(name))
