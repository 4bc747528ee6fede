"""What is odd in a head: values of the wrong kind, words the book does not know, keys that look mistyped."""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Any

from crmtxt.errors import Problem
from crmtxt.errors import UsageError
from crmtxt.model.names import nearest
from crmtxt.model.opportunity import ONE_WORD
from crmtxt.model.opportunity import open_stages
from crmtxt.settings import BOOK_FILE
from crmtxt.settings import PRIVATE
from crmtxt.settings import BookSettings
from crmtxt.store.rows import handle_of
from crmtxt.text.head import HeadError
from crmtxt.text.head import read_head
from crmtxt.text.parse import parse
from crmtxt.text.place import locate
from crmtxt.text.stages import Source
from crmtxt.text.stages import stages_told

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Mapping

    from pydantic import BaseModel

    from crmtxt.text.document import Document
    from crmtxt.text.node import Node

CLOSE_ENOUGH = 0.75
BELOW_SETTINGS = 1
BELOW_DASHES = 2


def head_findings(
    head: str, document: Document, path: str, settings: BookSettings, is_known: Callable[[str], bool]
) -> Iterator[Problem]:
    """Yield the findings in a customer's head; `is_known` says whether there is a customer of a handle."""
    from crmtxt.model.heads import CustomerHead

    root = read_head(head)
    page = _Page(head, path, BELOW_DASHES, root)
    yield from page.wrong(CustomerHead)
    yield from page.mistyped(CustomerHead)
    yield from page.unknown(("stage",), settings.stages, "stage", "stages of this book")
    yield from page.unknown(("owner",), settings.team, "colleague", "team of this book")
    yield from page.unknown(("type",), settings.types, "relationship type", "types of this book")
    if settings.types and page.node(("type",)) is None and page.node(("person",)) is None:
        hint = f"say which relationship this is: {typing_it(handle_of(path), settings)}"
        yield page.problem(("name",), "untyped", "no relationship type", hint)
    for key in page.keys(("opportunities",)):
        yield from page.unknown(
            ("opportunities", key, "stage"), tuple(settings.pipeline), "opportunity stage", "pipeline of this book"
        )
    yield from _ties(page, is_known)
    yield from _against_log(page, document)


def gate(text: str, keys: Iterable[str]) -> str:
    """Return a customer file's text as it is; UsageError when one of the dotted keys now holds what it may not."""
    from crmtxt.model.heads import CustomerHead

    head = text[slice(*parse(text, "").head)]
    page = _Page(head, "", BELOW_DASHES, read_head(head))
    for problem in page.wrong(CustomerHead):
        name = problem.message.partition(":")[0]
        if any(name == key or name.startswith(f"{key}.") for key in keys):
            raise UsageError(problem.message, problem.hint)
    return text


def book_findings(text: str) -> Iterator[Problem]:
    """Yield the findings in crmtxt.yaml."""
    from crmtxt.model.heads import BookHead

    try:
        root = read_head(text, first_line=1)
    except HeadError:
        return
    page = _Page(text, BOOK_FILE, BELOW_SETTINGS, root)
    yield from page.wrong(BookHead)
    yield from page.mistyped(BookHead)
    for key in page.keys(()):
        if key in PRIVATE:
            hint = "it is read only from your own configuration: crmtxt config"
            yield page.problem((key,), "private", f"'{key}' is ignored in a book", hint, at_key=True)
    yield from _in_two_pipelines(page)
    yield from _untellable(page)
    zone = page.node(("timezone",))
    if zone is not None and not _is_zone(str(zone.value)):
        yield page.problem(("timezone",), "timezone", f"no time zone '{zone.value}'", "such as Europe/London")


def _in_two_pipelines(page: _Page) -> Iterator[Problem]:
    """Yield each stage that more than one pipeline has: a stage tells which pipeline an opportunity is in."""
    seen = dict.fromkeys(page.keys(("pipeline",)), "pipeline")
    for name in page.keys(("pipelines",)):
        for stage in open_stages(page.keys(("pipelines", name))):
            if (before := seen.setdefault(stage, f"pipelines.{name}")) != f"pipelines.{name}":
                hint = "a stage tells which pipeline an opportunity is in: give it a name of its own"
                keys = ("pipelines", name, stage)
                yield page.problem(keys, "pipeline", f"'{stage}' is a stage of {before} as well", hint, at_key=True)


def _untellable(page: _Page) -> Iterator[Problem]:
    """Yield each stage of several words: a line of the log tells one."""
    maps = [("pipeline",), *(("pipelines", name) for name in page.keys(("pipelines",)))]
    named = [((*keys, stage), stage, True) for keys in maps for stage in page.keys(keys)]
    named += [(("stages",), stage, False) for stage in page.texts(("stages",))]
    for keys, stage, at_key in named:
        if len(stage.split()) > 1:
            yield page.problem(keys, "stage-words", f"the stage '{stage}' is not one word", ONE_WORD, at_key=at_key)


class _Page:
    """A head with its places: `first` is the line of the file it begins on."""

    def __init__(self, text: str, path: str, first: int, root: Node) -> None:
        self.text = text
        self.path = path
        self.first = first
        self.root = root

    def node(self, keys: Iterable[object]) -> Node | None:
        """Return what stands under some keys, None when nothing does."""
        node: Node | None = self.root
        for key in keys:
            if node is None or not isinstance(node.value, dict):
                return node if isinstance(key, int) else None
            node = node.value.get(str(key))
        return node

    def keys(self, keys: tuple[str, ...]) -> list[str]:
        """Return the keys of a map."""
        node = self.node(keys)
        return list(node.value) if node is not None and isinstance(node.value, dict) else []

    def texts(self, keys: tuple[str, ...]) -> list[str]:
        """Return what is written under some keys: one text, or those of a list."""
        node = self.node(keys)
        nodes = node.value if node is not None and isinstance(node.value, list) else [node]
        return [each.value for each in nodes if each is not None and isinstance(each.value, str) and each.value]

    def problem(self, keys: Iterable[object], code: str, message: str, hint: str, *, at_key: bool = False) -> Problem:
        """Return a finding at the value, or the key, of some keys."""
        node = self.node(keys) or self.root
        start, end = (node.key_start, node.key_end) if at_key and node.key_start >= 0 else (node.start, node.end)
        line, column, source = locate(self.text, start)
        return Problem(
            self.path, self.first + line, column, code, message, hint, source, max(1, min(end - start, len(source)))
        )

    def wrong(self, model: type[BaseModel]) -> Iterator[Problem]:
        """Yield each value that is not of its kind."""
        from pydantic import ValidationError

        try:
            model.model_validate(_written(self.root))
        except ValidationError as error:
            for each in error.errors(include_url=False, include_context=False):
                keys = tuple(key for key in each["loc"] if isinstance(key, str) and key != "[key]")
                name = ".".join(map(str, keys))
                hint = "docs/format.md says what it may hold"
                yield self.problem(keys, "value", f"{name}: {_in_plain_words(each['type'], each['msg'])}", hint)

    def mistyped(self, model: type[BaseModel], above: tuple[str, ...] = ()) -> Iterator[Problem]:
        """Yield each key that is not known but nearly is."""
        fields = model.model_fields
        for key in self.keys(above):
            if key in fields:
                for inner, keys in _models(fields[key].annotation, (*above, key), self):
                    yield from self.mistyped(inner, keys)
            elif near := _near(key, fields):
                yield self.problem((*above, key), "key", f"unknown key '{key}'", f"did you mean '{near}'?", at_key=True)

    def unknown(self, keys: tuple[str, ...], known: Iterable[str], noun: str, where: str) -> Iterator[Problem]:
        """Yield a value that is none of the words the book knows."""
        node, words = self.node(keys), tuple(known)
        if node is None or not isinstance(node.value, str) or not node.value or not words or node.value in words:
            return
        near = nearest(node.value, words)
        hint = f"{f'did you mean {near!r}? ' if near else ''}{where}: {', '.join(words)}"
        yield self.problem(keys, noun.rsplit(maxsplit=1)[-1], f"unknown {noun} '{node.value}'", hint)


def _in_plain_words(kind: str, message: str) -> str:
    """Return a message of pydantic as this program says it."""
    if kind == "missing":
        return "is not there"
    message = message.removeprefix("Value error, ").removeprefix("Input ")
    return f"{message[:1].lower()}{message[1:]}"


def _models(annotation: Any, keys: tuple[str, ...], page: _Page) -> Iterator[tuple[type[BaseModel], tuple[str, ...]]]:  # noqa: ANN401
    """Yield the model of each map below a field: the field itself, or each entry of a map of entries."""
    from pydantic import BaseModel

    for part in getattr(annotation, "__args__", (annotation,)):
        if isinstance(part, type) and issubclass(part, BaseModel):
            yield part, keys
        elif (
            getattr(part, "__origin__", None) is dict
            and isinstance(part.__args__[1], type)
            and issubclass(part.__args__[1], BaseModel)
        ):
            for key in page.keys(keys):
                yield part.__args__[1], (*keys, key)


def typing_it(handle: str, settings: BookSettings) -> str:
    """Return the command that gives a customer a relationship type, with the types there are."""
    first, *others = settings.types
    return f"crmtxt set {handle} type={first}" + (f" (or {', '.join(others)})" if others else "")


def doubts(settings: BookSettings, values: Mapping[str, str], *, of_opportunity: bool = False) -> Iterator[str]:
    """Yield a remark for each value or key, of a customer or of an opportunity, that the book does not know."""
    for key, known, noun in (("owner", settings.team, "in team"), ("type", settings.types, "a relationship type")):
        value = "" if key == "type" and of_opportunity else values.get(key)
        if value and known and value not in known:
            near = nearest(value, known)
            yield f"'{value}' is not {noun} of this book{f', did you mean {near}?' if near else ''}: kept as typed"
    for key in values:
        if near := _near_key(key, of_opportunity=of_opportunity):
            yield f"'{key}' is not a known key, did you mean {near}? kept as typed"


def _near_key(key: str, *, of_opportunity: bool) -> str | None:
    """Return the known key that an unknown one nearly is."""
    from crmtxt.model.heads import CustomerHead
    from crmtxt.model.heads import OpportunityPart

    fields = (OpportunityPart if of_opportunity else CustomerHead).model_fields
    return None if "." in key or key in fields else _near(key, fields)


def _near(key: str, known: Iterable[str]) -> str | None:
    from difflib import get_close_matches

    found = get_close_matches(key.lower(), list(known), 1, CLOSE_ENOUGH)
    return found[0] if found else None


def _written(node: Node) -> Any:  # noqa: ANN401  # dict, list, text, None
    if isinstance(node.value, dict):
        return {key: _written(child) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [_written(child) for child in node.value]
    return None if node.plain and node.value in {"", "~", "null"} else node.value


def _ties(page: _Page, is_known: Callable[[str], bool]) -> Iterator[Problem]:
    """Yield where a head names a customer there is not, and ties that end before they begin."""
    hint = "name the handle of another file"
    for key in page.keys(("contacts",)):
        for handle in page.texts(("contacts", key, "person")):
            if not is_known(handle.removeprefix("@")):
                yield page.problem(("contacts", key, "person"), "person", f"there is no customer '{handle}'", hint)
    for handle in page.texts(("distinct",)):
        if not is_known(handle.removeprefix("@")):
            yield page.problem(("distinct",), "distinct", f"there is no customer '{handle}'", hint)
    for key in page.keys(("contacts",)):
        since, until = (page.node(("contacts", key, name)) for name in ("since", "until"))
        if since is not None and until is not None and str(until.value) < str(since.value) and until.value:
            keys = ("contacts", key, "until")
            yield page.problem(
                keys, "tie", f"{key} left before they came, {since.value}", "correct the one that is wrong"
            )


def _against_log(page: _Page, document: Document) -> Iterator[Problem]:
    """Yield where head and log tell different things: the stage, and the stages of opportunities."""
    told = stages_told(document.log)
    checked: list[tuple[tuple[str, ...], Source]] = [(("stage",), ("stage", ""))]
    checked += [(("opportunities", key, "stage"), ("opportunity", key)) for key in page.keys(("opportunities",))]
    for keys, source in checked:
        node = page.node(keys)
        if node is None or source not in told or node.value in {each.stage for each in told[source]}:
            continue
        last = told[source][-1]
        message = f"the head says '{node.value}', the log '{last.stage}' (line {last.number})"
        yield page.problem(keys, "drift", message, "correct the one that is wrong")


def _is_zone(name: str) -> bool:
    from zoneinfo import ZoneInfo
    from zoneinfo import ZoneInfoNotFoundError

    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
