"""Edits of heads written by hand: the tree changes as asked, and every other line stays byte for byte."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from typing import Any

import pytest
from hypothesis import assume
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode
from ruamel.yaml.nodes import ScalarNode

from crmtxt.errors import InvalidError
from crmtxt.errors import NotFoundError
from crmtxt.errors import UsageError
from crmtxt.text.head import plain_value
from crmtxt.text.head import read_head
from crmtxt.text.headedit import add_entry
from crmtxt.text.headedit import add_to_list
from crmtxt.text.headedit import remove_from_list
from crmtxt.text.headedit import remove_value
from crmtxt.text.headedit import set_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtxt.text.node import Node

AWKWARD = [
    "name: Acme\nstage: lead\n",
    "# first\n\nname: Acme   # the name\n# second\nstage:   lead\t# tab before, tab\there\n\n# last\n",
    "name: Acme\r\nstage: lead # c\r\ntags: [a, b]\r\ncontacts:\r\n  jane:\r\n    name: Jane\r\n",
    "name: Acme\nstage: lead",
    "name: Acme\r\nstage: lead",
    "name : Acme\nstage\t: lead\n",
    "   name: Acme\n   stage: lead\n   contacts:\n    jane: x\n",
    "\"name\": 'Acme'\n'stage': \"lead\"\n",
    "name: 'it''s # no comment'\nstage: \"a \\\"b\\\" # no comment\" # comment\n",
    "name: Acme & Sons *not an anchor* # &neither *this !nor <<: that\nstage: lead\n",
    "phone: +44 20 7946 0000\nzip: 007\nsince: 2024-03-01\namount: 1_000\n",
    "a: -1\nb: 0\nc: 1.50\nd: true\ne: ~\nf: null\ng:\n",
    "a:\nb:   \nc: # comment\nd:   # comment\ne: ~ # comment\nf:\n",
    "text: one\n  two\n  three # comment\nnext: x\n",
    "text: one\n\n  two\nnext: x\n",
    'text: "one\n  two\n\n  three" # comment\nnext: x\n',
    "text: 'one\n  two'\nnext: x\n",
    "text:\n  on the next line\nnext:\n\n  # comment\n\n  'there'\n",
    "text: |\n  one\n  two\nnext: x\n",
    "text: |\n  one\n  two\n\n\n# comment\nnext: x\n",
    "text: |+\n  one\n\n\n# comment\nnext: x\n",
    "text: |- # why\n  one\n    # content, no comment\n\n  two\n# comment\nnext: x\n",
    "text: >\n  one\n  two\n\n  three\nnext: x\n",
    "text: >-\n  one\n\n\nnext: x\n",
    "text: |2\n    one\n  two\nnext: x\n",
    "text: |2-\n   one\n\n\nnext: x\n",
    "text: |\r\n  one\r\n\r\n  two\r\nnext: x\r\n",
    "text: |\nnext: x\n",
    "text: |\n  one",
    "plan:\n  aim: |\n    one\n\n    two\n\n  review: x\n\nlast: y\n",
    "plan:\n  aim: |+\n    one\n\n  # comment\nlast: y\n",
    "tags: []\nother: {}\nx: [ ]\ny: { }\n",
    "tags: [a]\nx: 1\n",
    "tags: [ a , 'b, c' , \"d\" ] # comment\n",
    "tags: [a,b,c,]\n",
    "tags: [\n  a,   # first\n  b,\n  # about c\n  c    # third\n] # end\nx: y\n",
    "tags: [\n  a\n  , b\n  , c\n  ]\n",
    "tags:\n- a\n- b # comment\n\n- c\nx: y\n",
    "tags:\n  - a\n  # about b\n  - 'b'\n  -   c\nx: y\n",
    "tags:\n  -\n    a\n  - |\n    text\n  - b",
    "tags: alone\nother: 'in, quotes'\nnumber: 12\n",
    "tags: [[a, b], {c: d}, e: f]\nx: y\n",
    "{name: Acme, stage: lead}\n",
    "{name: Acme, contacts: {jane: {name: Jane}}, tags: [a, b],}\n",
    '{"name":"Acme","stage":null,"n":1}\n',
    "{\n  name: Acme, # the name\n  # about stage\n  stage: lead # s\n}\n# end\n",
    "{}\n",
    "{name, stage: lead, x: , y: 1}\n",
    "",
    "\n\n",
    "# only a comment",
    "contacts:\n  jane: {name: Jane, title: CTO} # inline\n  tom: { name: Tom }\n",
    "contacts:\n    jane:\n        name: Jane\n        # about her\n    tom:\n        name: Tom\n# end\n",
    "contacts:\n  # one\n  jane:\n    name: Jane\n\n\n  # other\n  tom:\n    name: Tom\n    # deeper\n  # end\nx: y\n",
    "contacts:\n jane:\n   name: Jane\nplan:\n      goals:\n       a: b\n",
    "contacts:\n\nplan: {}\nx: ~\n",
    "a:\n  b:\n    c:\n      d: e\n",
    "name: Ümläut 𝒜 😀\n日本: 東京 # 都\nэто:\n  ключ: значение\n",
    "a: b\x85c # \u2028 d: e\nf: \u2029\n",
    "list:\n  - name: a\n    x: 1\n  - name: b\nx: y\n",
    "list:\n- - a\n  - b\n- c\n",
    "a: 'b'\nc: d#no comment\ne: f:g\nh: http://x.example/?a=b#c\ni: -x\nj: ?y\nk: :z\n",
    "a: >+\n\n  x\n\n\n",
    "a: |\n  x\n   \n     \nb: y\n",
    'a: ""\nb: \'\'\nc: "\\t\\u00e9\\\n  joined"\n',
    "goals:\n  first:\n    measure: answer_time        # computed\n    to: 8h\n  second: { to: 1 }   # short\nend: 1\n",
]

VALUES = ["customer", "12", "Smith: Sons # co", "", "two\nlines", "true", "+44 20", "a, b"]


def rows(text: str) -> list[str]:
    return re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", text)


def scalars(node: Node, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], list[Node]]]:
    """Every path through maps, with the nodes along it, the root left out."""
    if isinstance(node.value, dict):
        for key, child in node.value.items():
            yield (*path, key), [child]
            for longer, nodes in scalars(child, (*path, key)):
                yield longer, [child, *nodes]


def line_of(text: str, offset: int) -> int:
    return len(re.findall(r"\r\n|\r|\n", text[:offset]))


def others_stay(before: str, after: str, start: int, end: int) -> bool:
    """Whether the lines before the one of `start` and after the one of `end` are what they were."""
    old, new = rows(before), rows(after)
    above, below = line_of(before, start), len(old) - line_of(before, end) - 1
    return new[:above] == old[:above] and (below <= 0 or new[len(new) - below :] == old[len(old) - below :])


def is_within(lines: list[str], others: list[str]) -> bool:
    left = iter(others)
    return all(line in left for line in lines)


def text_tree(text: str) -> Any:  # noqa: ANN401 - a tree of dict, list and text
    """The tree as ruamel.yaml reads it, every scalar as the text that was written."""

    def tree(node: Any) -> Any:  # noqa: ANN401
        if isinstance(node, ScalarNode):
            return node.value
        if isinstance(node, MappingNode):
            return {key.value: tree(value) for key, value in node.value}
        return [tree(item) for item in node.value]

    node = YAML(typ="safe", pure=True).compose(text)
    return {} if node is None else tree(node)


def own_text_tree(node: Node) -> Any:  # noqa: ANN401 - a tree of dict, list and text
    if isinstance(node.value, dict):
        return {key: own_text_tree(child) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [own_text_tree(child) for child in node.value]
    return node.value


def same_for_ruamel(text: str) -> bool:
    strange_to_it = re.search("[\x85\u2028\u2029]|\t *[:#]", text)
    return bool(strange_to_it) or text_tree(text) == own_text_tree(read_head(text))


def put(tree: dict[str, Any], path: tuple[str, ...], value: object) -> dict[str, Any]:
    here = tree
    for name in path[:-1]:
        here[name] = here[name] if isinstance(here.get(name), dict) else {}
        here = here[name]
    here[path[-1]] = value
    return tree


def without(tree: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    if len(path) > 1:
        without(tree[path[0]], path[1:])
    if len(path) == 1 or not tree[path[0]]:
        del tree[path[0]]
    return tree


def reads_as(text: str, tree: object) -> bool:
    """Whether a head reads as a plain tree: the same values of the same types in the same order."""
    return repr(plain_value(read_head(text))) == repr(tree)


def own_value(text: str) -> object:
    return {"12": 12, "true": True}.get(text, text)


@pytest.mark.parametrize("head", AWKWARD)
def test_an_awkward_head_reads_as_another_reader_of_yaml_reads_it(head: str) -> None:
    assert same_for_ruamel(head)


@pytest.mark.parametrize("head", AWKWARD)
def test_any_value_of_an_awkward_head_can_be_set_without_touching_other_lines(head: str) -> None:
    root = read_head(head)
    for path, nodes in scalars(root):
        node = nodes[-1]
        for value in VALUES if not (node.kind != "scalar" and node.value) else []:
            after = set_value(head, path, value)
            assert reads_as(after, put(plain_value(root), path, own_value(value)))
            assert others_stay(head, after, node.key_start, node.end)
            assert set_value(after, path, value) == after
            text = set_value(head, path, value, as_text=True)
            assert reads_as(text, put(plain_value(root), path, value))


@pytest.mark.parametrize("head", AWKWARD)
def test_a_collection_is_never_replaced_by_a_single_value(head: str) -> None:
    for path, nodes in scalars(read_head(head)):
        if nodes[-1].kind != "scalar" and nodes[-1].value:
            with pytest.raises(UsageError, match="holds several values"):
                set_value(head, path, "x")


@pytest.mark.parametrize("head", AWKWARD)
def test_any_key_of_an_awkward_head_can_be_removed_without_touching_other_lines(head: str) -> None:
    root = read_head(head)
    for path, nodes in scalars(root):
        after = remove_value(head, path)
        assert reads_as(after, without(plain_value(root), path))
        top = len(path) - 1
        while top and len(nodes[top - 1].value) == 1:
            top -= 1
        around = next((node for node in nodes[:top] if node.flow), root if root.flow else None)
        start, end = (around.start, around.end) if around else (nodes[top].key_start, nodes[top].end)
        assert others_stay(head, after, start, end)
        if not around:
            assert len(rows(after)) == len(rows(head)) - 1 - line_of(head, end) + line_of(head, start)


@pytest.mark.parametrize("head", AWKWARD)
def test_a_missing_key_comes_last_in_its_map_and_every_line_stays(head: str) -> None:
    root = read_head(head)
    maps = [((), root), *((path, nodes[-1]) for path, nodes in scalars(root))]
    for path, node in maps:
        if node.kind == "list" or (node.kind == "scalar" and plain_value(node) is not None):
            with pytest.raises(UsageError):
                set_value(head, (*path, "new"), "x")
            continue
        if head == "text: |\n  one":  # a new line would change what the block says
            continue
        for more in (("new",), ("new", "in it")):
            after = set_value(head, (*path, *more), "x: y")
            assert reads_as(after, put(plain_value(root), (*path, *more), "x: y"))
            assert same_for_ruamel(after)
            if node.kind == "map" and not node.flow and node.value:
                assert is_within(rows(head)[:-1], rows(after))
                assert rows(head)[-1].rstrip("\r\n") in [line.rstrip("\r\n") for line in rows(after)]
            elif path:
                assert others_stay(head, after, node.key_start, node.end)
        if "\r\n" in head:
            assert "\n" not in after.replace("\r\n", "")


@pytest.mark.parametrize("head", AWKWARD)
def test_items_are_added_to_and_removed_from_any_list_or_lone_value(head: str) -> None:
    root = read_head(head)
    for path, nodes in scalars(root):
        node, tree = nodes[-1], plain_value(root)
        if node.kind == "map":
            continue
        old = plain_value(node)
        items = old if isinstance(old, list) else [] if old is None else [old]
        after = add_to_list(head, path, "new, item")
        assert reads_as(after, put(tree, path, [*items, "new, item"]))
        assert add_to_list(after, path, "new, item") == after
        back = remove_from_list(after, path, "new, item")
        assert reads_as(back, put(tree, path, items) if items else without(tree, path))
        if node.kind == "list" and not node.flow and head.endswith("\n"):
            assert is_within(rows(head), rows(after))
            assert back == head
        for item in node.value if isinstance(node.value, list) else []:
            if isinstance(item.value, str):
                less = remove_from_list(head, path, item.value)
                left = [value for value in items if value != plain_value(item)]
                tree = plain_value(root)
                assert reads_as(less, put(tree, path, left) if left else without(tree, path))
                assert others_stay(head, less, node.start, node.end)
                comments = {line.strip() for line in rows(head) if line.strip().startswith("#")}
                assert comments <= {line.strip() for line in rows(less)}


@pytest.mark.parametrize(
    ("head", "path", "value", "after"),
    [
        ("stage: lead # c\n", "stage", "customer", "stage: customer # c\n"),
        ("stage: 'lead'\n", "stage", "it's", "stage: 'it''s'\n"),
        ('stage: "lead"\n', "stage", 'a "b"', 'stage: "a \\"b\\""\n'),
        ('n: "12"\n', "n", "13", "n: 13\n"),
        ("a: # c\nb: 1\n", "a", "x", "a: x # c\nb: 1\n"),
        ("a:   \nb: 1\n", "a", "x", "a: x\nb: 1\n"),
        ("a: ~ # c\n", "a", "x", "a: x # c\n"),
        ("a: | # why\n  one\n  two\n\n# c\nb: 1\n", "a", "x", "a: x # why\n\n# c\nb: 1\n"),
        ("a: |+\n  one\n\n# c\nb: 1\n", "a", "x", "a: x\n# c\nb: 1\n"),
        ("a: one\n  two # c\nb: 1\n", "a", "x", "a: x # c\nb: 1\n"),
        ("a: 1\n# end\n", "b", "2", "a: 1\n# end\nb: 2\n"),
        ("a: 1", "b", "2", "a: 1\nb: 2"),
        ("", "b", "2", "b: 2\n"),
        ("a: 1\r\n", "b.c", "2", "a: 1\r\nb:\r\n  c: 2\r\n"),
        (
            "c:\n    j:\n        n: 1\n    # end\nx: y\n",
            "c.t.n",
            "2",
            "c:\n    j:\n        n: 1\n    t:\n        n: 2\n    # end\nx: y\n",
        ),
        ("c: # none yet\nx: y\n", "c.j", "2", "c: # none yet\n  j: 2\nx: y\n"),
        ("c: ~   # none\nx: y\n", "c.j", "2", "c:   # none\n  j: 2\nx: y\n"),
        ("c: {}\nx: y\n", "c.j", "2", "c:\n  j: 2\nx: y\n"),
        ("c: {}", "c.j", "2", "c:\n  j: 2"),
        ("c: {a: 1} # c\n", "c.b.d", "2", "c: {a: 1, b: {d: 2}} # c\n"),
        ("{}\n", "a", "1", "{a: 1}\n"),
        ("{a, b: 1}\n", "a", "x", "{a: x, b: 1}\n"),
        ("a: 1\nb: []\n", "b", "x", "a: 1\nb: x\n"),
    ],
)
def test_set_value_writes_exactly_this(head: str, path: str, value: str, after: str) -> None:
    assert set_value(head, tuple(path.split(".")), value) == after


@pytest.mark.parametrize(
    ("head", "path", "after"),
    [
        ("a: 1 # c\n# d\nb: 2\n", "a", "# d\nb: 2\n"),
        ("a: 1\nb: 2", "b", "a: 1\n"),
        ("a: |\n  x\n\n# c\nb: 2\n", "a", "\n# c\nb: 2\n"),
        ("a: |+\n  x\n\n# c\nb: 2\n", "a", "# c\nb: 2\n"),
        ("c:\n  j:\n    n: 1\n  # t\n  t:\n    n: 2\n    # end\n", "c.t", "c:\n  j:\n    n: 1\n  # t\n    # end\n"),
        ("c:\n  j:\n    n: 1\nx: y\n", "c.j.n", "x: y\n"),
        ("x: y\nc: {j: {n: 1}}\n", "c.j.n", "x: y\n"),
        ("x: {j: {n: 1}, k: 2} # c\n", "x.j.n", "x: {k: 2} # c\n"),
        ("x: {j: 1, k: 2}\n", "x.k", "x: {j: 1}\n"),
        ("x: {j: 1, k: 2,}\n", "x.k", "x: {j: 1,}\n"),
        ("x: {\n  j: 1, # one\n  k: 2 # two\n}\n", "x.k", "x: {\n  j: 1, # one\n}\n"),
        ("x: {\n  j: 1, # one\n  k: 2 # two\n}\n", "x.j", "x: {\n  k: 2 # two\n}\n"),
        ("{a: 1}\n", "a", "{}\n"),
        ("a: 1\n", "a", ""),
    ],
)
def test_remove_value_leaves_exactly_this(head: str, path: str, after: str) -> None:
    assert remove_value(head, tuple(path.split("."))) == after


@pytest.mark.parametrize(
    ("head", "item", "after"),
    [
        ("tags: [a]\n", "b", "tags: [a, b]\n"),
        ("tags: [a]\n", "b, c", 'tags: [a, "b, c"]\n'),
        ("tags: []\n", "b", "tags: [b]\n"),
        ("tags: a # c\n", "b", "tags: [a, b] # c\n"),
        ("tags: 'a, x'\n", "b", "tags: ['a, x', b]\n"),
        ("tags: a, x\n", "b", 'tags: ["a, x", b]\n'),
        ("tags:\nx: y\n", "b", "tags: [b]\nx: y\n"),
        ("tags:\n- a # c\n# d\nx: y\n", "b", "tags:\n- a # c\n- b\n# d\nx: y\n"),
        ("tags:\n  -   a", "b, c", "tags:\n  -   a\n  -   b, c"),
        ("tags: [\n  a, # c\n  d # e\n]\n", "b", "tags: [\n  a, # c\n  d, b # e\n]\n"),
        ("x: y\n", "b", "x: y\ntags: [b]\n"),
        ("tags: [12]\n", "12", "tags: [12]\n"),
        ("tags: [a]\n", "null", 'tags: [a, "null"]\n'),
    ],
)
def test_add_to_list_writes_exactly_this(head: str, item: str, after: str) -> None:
    assert add_to_list(head, ("tags",), item) == after


@pytest.mark.parametrize(
    ("head", "after"),
    [
        ("tags: [a, x, b]\n", "tags: [a, b]\n"),
        ("tags: [x, a]\n", "tags: [a]\n"),
        ("tags: [a, x]\n", "tags: [a]\n"),
        ("tags: [x, a, x, 'x']\n", "tags: [a]\n"),
        ("tags: [x]\ny: z\n", "y: z\n"),
        ("tags: x\ny: z\n", "y: z\n"),
        ("tags: [a]\n", "tags: [a]\n"),
        ("y: z\n", "y: z\n"),
        ("tags: {x: y}\n", "tags: {x: y}\n"),
        ("tags:\n  - a\n  - x # c\n  # d\n  - b\n", "tags:\n  - a\n  # d\n  - b\n"),
        ("tags:\n  -\n    x\n  - b\n", "tags:\n  - b\n"),
        ("tags: [\n  a, # c\n  x # e\n]\n", "tags: [\n  a, # c\n]\n"),
    ],
)
def test_remove_from_list_leaves_exactly_this(head: str, after: str) -> None:
    assert remove_from_list(head, ("tags",), "x") == after


def test_a_whole_contact_is_added_in_block_style_like_its_siblings() -> None:
    head = "contacts:\n    jane:\n        name: Jane # c\n# end\n"
    after = add_entry(head, ("contacts", "tom"), {"name": "Tom: jr", "influence": "4", "tags": ["a", "b"]})
    assert after == (
        "contacts:\n    jane:\n        name: Jane # c\n"
        '    tom:\n        name: "Tom: jr"\n        influence: 4\n        tags: [a, b]\n# end\n'
    )
    assert add_entry("name: x\n", ("contacts", "tom"), {"name": "Tom"}) == "name: x\ncontacts:\n  tom:\n    name: Tom\n"
    assert (
        add_entry("contacts:\n  tom:\n", ("contacts", "tom"), {"name": "Tom"}) == "contacts:\n  tom:\n    name: Tom\n"
    )
    with pytest.raises(InvalidError, match="there already"):
        add_entry(head, ("contacts", "jane"), {"name": "Jane"})
    with pytest.raises(InvalidError, match="would be empty"):
        add_entry(head, ("contacts", "tom"), {})


def test_the_newline_of_an_empty_head_is_the_one_asked_for() -> None:
    assert set_value("", ("a", "b"), "x", newline="\r\n") == "a:\r\n  b: x\r\n"
    assert add_to_list("", ("a",), "x", newline="\r\n") == "a: [x]\r\n"


def test_removing_what_is_not_there_names_what_is() -> None:
    with pytest.raises(NotFoundError) as caught:
        remove_value("name: x\nstage: y\n", ("stge",))
    assert (caught.value.message, caught.value.hint) == ("the head has no 'stge'", "there is: name, stage")
    with pytest.raises(NotFoundError):
        remove_value("name: x\n", ("name", "first"))


def test_a_head_that_cannot_be_read_is_not_edited() -> None:
    with pytest.raises(InvalidError, match="line 2 of the head: a value cannot begin with @"):
        set_value("name: x\nsource: @sam\n", ("name",), "y")


def test_an_edit_that_would_change_more_is_refused() -> None:
    with pytest.raises(InvalidError, match="cannot change 'b' in this head without touching more of it"):
        remove_value("a: |\n  x\nb: 1\n  # this would become text\n", ("b",))
    with pytest.raises(InvalidError, match="cannot change 'b' in this head"):
        set_value("a: |\n  no newline here", ("b",), "1")
    with pytest.raises(InvalidError, match="cannot change"):
        set_value("a: 1\n", tuple("abcdefghijklmnopqrstuvwxyzABCDEFGH"[1:]), "too deep")
    with pytest.raises(InvalidError, match="no key is named"):
        set_value("a: 1\n", (), "x")
    with pytest.raises(UsageError, match="is no list"):
        add_to_list("a: {b: c}\n", ("a",), "x")


WORDS = st.sampled_from(["x", "Acme Ltd", "12", "no", "+44 20", "2024-03-01", "a#b", "é 😀", "http://x.y/z", "true"])
COMMENTS = st.sampled_from(["", "", "", " # c", "   #\tc: d", "  "])
KEYS = st.lists(
    st.sampled_from(["name", "stage", "tags", "a", "b-c", "'q'", '"d"', "é", "0"]), unique=True, min_size=1, max_size=4
)


@st.composite
def values(draw: st.DrawFn, indent: int, depth: int) -> str:
    """What stands behind a key's colon, with its line breaks."""
    deeper = " " * (indent + draw(st.integers(1, 4)))
    word, comment, blank = draw(WORDS), draw(COMMENTS), draw(st.sampled_from(["", "\n"]))
    forms = [
        f" {word}{comment}\n",
        f"  '{word}'{comment}\n",
        f' "{word} \\u00e9"{comment}\n',
        f"{comment}\n",
        f" ~{comment}\n",
        f" []{comment}\n",
        f" {{}}{comment}\n",
        f" [{word}, '{word}', z]{comment}\n",
        f" [\n{deeper}{word}, # c\n{deeper}z{comment}\n{deeper}]\n",
        f" {{k: {word}, l: [z]}}{comment}\n",
        f" {word}\n{deeper}and more{comment}\n",
        f"{comment}\n{deeper}- {word}{comment}\n{deeper}# c\n{deeper}- z\n",
        f" {draw(st.sampled_from(['|', '>', '|-', '>+', '|+ # c']))}\n{deeper}{word}\n\n{deeper}  more\n{blank}",
    ]
    if depth < 2:
        forms.append(f"{comment}\n{draw(blocks(len(deeper), depth + 1))}")
    return draw(st.sampled_from(forms[::-1] if draw(st.booleans()) else forms))


@st.composite
def blocks(draw: st.DrawFn, indent: int = 0, depth: int = 0) -> str:
    """A map in block style with comments and blank lines between its entries."""
    lines = ""
    for key in draw(KEYS):
        lines += draw(st.sampled_from(["", "", "\n", f"{' ' * indent}# about it\n"]))
        lines += f"{' ' * indent}{key}{draw(st.sampled_from([':', ' :']))}{draw(values(indent, depth))}"
    return lines


@st.composite
def heads(draw: st.DrawFn) -> str:
    text = draw(blocks(draw(st.sampled_from([0, 0, 2])))) + draw(st.sampled_from(["", "# end\n", "\n"]))
    text = text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))
    return text if draw(st.booleans()) else text.rstrip("\r\n")


@given(heads())
@settings(max_examples=60, deadline=None)
def test_a_generated_head_reads_as_another_reader_of_yaml_reads_it(head: str) -> None:
    assert same_for_ruamel(head)


@given(heads(), st.data())
@settings(max_examples=150, deadline=None)
def test_random_edits_change_what_they_are_asked_to_and_no_other_line(head: str, data: st.DataObject) -> None:
    for step in range(3):
        root = read_head(head)
        paths = list(scalars(root))
        assume(paths)
        path, nodes = data.draw(st.sampled_from(paths))
        node, tree = nodes[-1], plain_value(root)
        value = data.draw(st.sampled_from([*VALUES, "\u202e\0", "~", "- x"]))
        edit = data.draw(st.sampled_from(["set", "remove", "new", "add"]))
        flow = any(one.flow for one in [root, *nodes[:-1]])
        try:
            if edit == "set" and (node.kind == "scalar" or not node.value):
                after = set_value(head, path, value)
                expected = put(tree, path, own_value(value))
                assert others_stay(head, after, node.key_start, node.end)
            elif edit == "remove":
                after, expected = remove_value(head, path), without(tree, path)
                assert flow or is_within(rows(after), rows(head))
            elif edit == "new":
                path = (*path[:-1], f"new{step}", "key")
                after, expected = set_value(head, path, value), put(tree, path, own_value(value))
                assert flow or is_within(rows(head)[:-1], rows(after))
            elif edit == "add" and node.kind != "map":
                old = plain_value(node)
                items = old if isinstance(old, list) else [] if old is None else [old]
                after, expected = add_to_list(head, path, f"i{value}"), put(tree, path, [*items, f"i{value}"])
                assume(f"i{value}" not in items)
                assert others_stay(head, after, node.key_start, node.end)
            else:
                continue
        except InvalidError:
            assert re.search(r"[|>][-+]?(?: #[^\n]*)?\r?\n", head)  # only beside a block of text may an edit be refused
            continue
        assert reads_as(after, expected)
        assert ("\r\n" in head) == ("\r\n" in after) or len(rows(head)) == 1 or len(rows(after)) <= 1
        head = after
    assert same_for_ruamel(head)
