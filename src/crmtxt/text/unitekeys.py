"""What the contacts, opportunities, goals and initiatives of one file are called in another that takes it in."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from collections import Counter
from typing import NamedTuple

from crmtxt.model.names import fold
from crmtxt.model.names import handle_from
from crmtxt.text import edit
from crmtxt.text.head import plain_value
from crmtxt.text.head import read_head
from crmtxt.text.mentions import rename_in_lines
from crmtxt.text.node import Node
from crmtxt.text.parse import parse
from crmtxt.text.rewrite import rewrite
from crmtxt.text.unitehead import entries
from crmtxt.text.unitehead import node_at

HANDLED = {"opportunity": ("opportunities",), "goal": ("plan", "goals"), "initiative": ("plan", "initiatives")}


class Side(NamedTuple):
    """One of the two files: its handle and its text."""

    handle: str
    text: str


class Called(NamedTuple):
    """New handles: of every contact by the old one; of what has a clash by kind and old handle."""

    people: dict[str, str]
    handles: dict[tuple[str, str], str]


def called_as(kept: str, gone: str) -> Called:
    """Return what everything with a handle in the second file is called in the first."""
    return Called(_people(head_of(kept), head_of(gone)), _handles(kept, gone))


def head_text(text: str) -> str:
    """Return what stands between the two `---` lines of a file."""
    return text[slice(*parse(text, "").head)]


def head_of(text: str) -> Node:
    """Return the tree of a file's head."""
    return read_head(head_text(text))


def at_home(kept: Side, gone: str, people: dict[str, str]) -> str:
    """Return the first file with the people of the second named as its own."""

    def person(name: str) -> str:
        handle, slash, contact = name.partition("/")
        return people.get(contact, contact) if slash and handle == gone else name

    return rename_in_lines(kept.text, person)


def renamed(gone: Side, kept: str, called: Called) -> str:
    """Return the second file with everything in its lines, and its handles but those of contacts, as in the first."""
    people, handles = called

    def person(name: str) -> str:
        handle, slash, contact = name.partition("/")
        if not slash:
            return people.get(name, name)
        return people.get(contact, contact) if handle == gone.handle else contact if handle == kept else name

    text = rename_in_lines(gone.text, person, handles)
    if not handles:
        return text
    return edit.in_head(text, lambda head: _renamed(head, handles))


def _renamed(head: str, handles: dict[tuple[str, str], str]) -> str:
    """Return a head with opportunities, goals and initiatives called otherwise, also where initiatives name a goal."""
    goals = {old: new for (kind, old), new in handles.items() if kind == "goal"}
    head = rewrite(head, lambda path, value: goals.get(value, value) if _names_goal(path) else value)
    nodes = [(node_at(read_head(head), (*HANDLED[kind], old)), new) for (kind, old), new in handles.items()]
    for node, new in sorted((pair for pair in nodes if pair[0]), key=lambda pair: -pair[0].key_start):  # type: ignore[union-attr]
        head = f"{head[: node.key_start]}{new}{head[node.key_end :]}"  # type: ignore[union-attr]
    return head


def _names_goal(path: tuple[str, ...]) -> bool:
    return path[:2] == HANDLED["initiative"] and path[3:] == ("for",)


def _people(ours: Node, theirs: Node) -> dict[str, str]:
    """Return what each contact of the second is called in the first: as whom they are there, else a free handle."""
    here, there = entries(node_at(ours, ("contacts",))), entries(node_at(theirs, ("contacts",)))
    called: dict[str, str] = {}
    for key, node in there.items():
        same = next((known for known, other in here.items() if _is_same_person((known, other), (key, node))), None)
        used = {*here, *there, *called.values()}
        called[key] = same or (_free(key, handle_from(_value(node, "name") or key), used) if key in here else key)
    return called


def _is_same_person(one: tuple[str, Node], other: tuple[str, Node]) -> bool:
    """Say whether two contacts share an e-mail address, a file of their own, or their name."""
    for key in ("email", "person"):
        if (value := _value(one[1], key)) and fold(value) == fold(_value(other[1], key)):
            return True
    name, another = (_value(node, "name") or key for key, node in (one, other))
    return fold(name) == fold(another)


def _handles(kept: str, gone: str) -> dict[tuple[str, str], str]:
    """Return new handles for opportunities, goals and initiatives of the second that the first uses for others."""
    found: dict[tuple[str, str], str] = {}
    heads, documents = (head_of(kept), head_of(gone)), (parse(kept, ""), parse(gone, ""))
    lines = [Counter(each.line for each in (*document.log, *document.next)) for document in documents]
    for kind, path in HANDLED.items():
        ours, theirs = (entries(node_at(head, path)) for head in heads)
        told, their_told = (
            {line.subject for line in some if line.kind == kind} for some in (lines[0], lines[1] - lines[0])
        )
        for handle in sorted({*theirs, *their_told} & {*ours, *told}):
            both = handle in ours and handle in theirs
            if both and plain_value(ours[handle]) == plain_value(theirs[handle]):
                continue
            found[kind, handle] = _free(handle, "", {*ours, *told, *theirs, *their_told})
    return found


def _free(handle: str, better: str, used: set[str]) -> str:
    """Return a handle that is not used: the better one, else the first number behind it that is free."""
    if better and better not in used:
        return better
    number = 2
    while f"{handle}-{number}" in used:
        number += 1
    return f"{handle}-{number}"


def _value(node: Node, key: str) -> str:
    found = node_at(node, (key,))
    return found.value if found is not None and isinstance(found.value, str) else ""
