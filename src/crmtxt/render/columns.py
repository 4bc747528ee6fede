"""What an answer is: items whose fields are the JSON keys, the columns people see, and what it draws by itself."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from types import MappingProxyType
from typing import Any
from typing import NamedTuple

from crmtxt.errors import Problem

NOTHING = "–"
LONGEST_INTEGER = 300  # digits
WRITTEN, SEVERAL = (str, int), (list, tuple)
BAR = 20  # blocks of the longest bar
LARGEST_EXACT = 1e15  # below it every whole float is exact


class Column(NamedTuple):
    """One column: `key` is the field of the item (dotted into nested ones), `title` its heading.

    `show` gives the text people read (table, md, html), without it the value itself, None as a dash; `align` is left or
    right; `style` gives what the colour means: late, cool, good, dim or "". On a narrow terminal a column may be cut
    down to `least` cells (0: it is not cut); when that is not enough columns leave, those with the lowest `keep`
    first, and of equals the rightmost first. An `extra` one leaves before any other is
    cut. A column that wraps goes on below instead of being cut. One with a `share` (of 1, None for nothing) is a bar:
    of blocks, or drawn on a page.
    """

    key: str
    title: str
    show: Callable[[Any], str] | None = None
    align: str = "left"
    style: Callable[[Any], str] | None = None
    least: int = 0
    keep: int = 0
    wrap: bool = False
    extra: bool = False
    share: Callable[[Any], float | None] | None = None


class Page(NamedTuple):
    """What a format may need beside the view: the problems, the cells in a line (0: no limit), whether to colour."""

    problems: Sequence[Problem]
    width: int
    colour: bool


class View(NamedTuple):
    """An answer: `items` are NamedTuples, or mappings with the same `keys` each.

    `kind` is the JSON kind; `footer` is the sum, such as `2 customers`. `keys` are the fields of an item; to be given
    so that an empty answer has them too. `plain` are the keys a pipe is given, without it those of the columns.
    `title` stands above a page, or above one of its parts. `drawn` has the formats that are drawn otherwise than any
    answer is in them.
    """

    kind: str
    items: Sequence[Any]
    columns: tuple[Column, ...]
    footer: str = ""
    keys: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
    title: str = ""
    drawn: Mapping[str, Callable[["View", Page], str]] = MappingProxyType({})

    @property
    def is_list(self) -> bool:
        """Say whether no column has a title: then each item begins with what it is about."""
        return not any(column.title for column in self.columns)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the JSON keys of an item; of an empty answer `keys`, or those of the columns."""
        if self.items and not isinstance(self.items[0], Mapping):
            return tuple(self.items[0]._fields)
        return self.keys or tuple(column.key for column in self.columns)


class UnknownKeyError(LookupError):
    """No field has that name; `known` are those there are."""

    def __init__(self, key: str, known: Sequence[str]) -> None:
        super().__init__(key)
        self.key = key
        self.known = tuple(known)


def value_at(item: object, key: str) -> object:
    """Return the value of a key, dotted into nested items; of a list, the values of each; below None, None.

    Only fields are looked up, never attributes; UnknownKeyError names the part that is none.
    """
    if isinstance(item, Mapping) and key in item:
        whole: object = item[key]
        return whole
    value = item
    for name in key.split("."):
        value = _field(value, name)
    return value


def texts(view: View, keys: Sequence[str], between: str = ", ") -> Iterator[list[str]]:
    """Return the values of the keys of each item as text, as they are written for programs."""
    places = [view.names.index(key) if key in view.names else -1 for key in keys]
    if -1 in places or (view.items and isinstance(view.items[0], Mapping)):
        return ([text_of(value_at(item, key), between) for key in keys] for item in view.items)
    return (
        [each if type(each := item[at]) is str else "" if each is None else text_of(each, between) for at in places]
        for item in view.items
    )


def _field(item: object, name: str) -> object:
    known: Sequence[str] = getattr(item, "_fields", ())
    if name in known:
        value: object = getattr(item, name)
        return value
    if item is None:
        return None
    if isinstance(item, Mapping):
        return item.get(name)
    if isinstance(item, SEVERAL) and not known:
        return tuple(_field(each, name) for each in item)
    raise UnknownKeyError(name, known)


def text_of(value: object, between: str = ", ") -> str:
    """Return a value as text: "" for None, true/false, a list joined by `between`, a nested item by spaces."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, WRITTEN):
        return str(value)
    if isinstance(value, SEVERAL):
        return _joined(value, between)
    if isinstance(value, Mapping):
        return between.join(f"{key}: {text_of(each)}" for key, each in value.items())
    near = number(value)
    return "" if near is None else str(near)


def _joined(values: Sequence[Any], between: str) -> str:
    if type(values) not in SEVERAL:
        return " ".join(filter(None, map(text_of, values)))
    try:
        return between.join(values)
    except TypeError:  # not all are words, as most often they are
        return between.join(map(text_of, values))


def number(value: object) -> object:
    """Return a whole float or Decimal as an int, any other Decimal as a float, None for what is no finite number.

    Everything else is returned as it is.
    """
    if not isinstance(value, int | float):
        from decimal import Decimal

        if not isinstance(value, Decimal):
            return value
        if value.is_finite() and value.adjusted() < LONGEST_INTEGER and value == value.to_integral_value():
            return int(value)
        value = float(value) if not value.is_snan() else None
    if not isinstance(value, float):
        return value
    if value - value != 0:
        return None
    return int(value) if value.is_integer() and abs(value) < LARGEST_EXACT else value


def shown(column: Column, item: object) -> str:
    """Return what people read in a cell: what the column shows, a bar of blocks, a dash for None."""
    if column.share:
        return "█" * round((column.share(item) or 0) * BAR)
    if column.show:
        return column.show(item)
    value = value_at(item, column.key)
    return NOTHING if value is None else text_of(value)
