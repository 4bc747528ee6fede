"""The relationship types a new book begins with: as typed, as asked for, or as shipped."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmtxt.errors import UsageError
from crmtxt.model.names import handle_from
from crmtxt.model.names import is_handle
from crmtxt.model.names import nearest
from crmtxt.settings import DEFAULT_TYPES
from crmtxt.store.cadence import span
from crmtxt.text.emit import Value
from crmtxt.text.emit import mapping

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable
    from collections.abc import Mapping

NEXT_KEY = re.compile(r"\s+(?=[a-z_]+=)")
KEYS = tuple(DEFAULT_TYPES["account"])
QUESTIONS = {
    "purpose": "why do we want it?",
    "audience": "who is it for?",
    "they_need": "what do they need?",
    "they_get": "what do they get?",
    "we_get": "what do we get?",
    "cost_to_serve": "what does it cost us (low, medium, high)?",
    "cadence": "in touch every?",
    "answer_within": "an answer within?",
    "experience": "the experience we promise (a, b)?",
    "roles": "roles somebody on their side must have (a, b)?",
    "becomes": "what should it become?",
}
DURATIONS = {"cadence", "answer_within"}
NOTE = "# defaults of crmtxt, marked as such by: crmtxt strategy; make them yours\n"
Types = dict[str, dict[str, Value]]


def typed(given: Iterable[str]) -> Types:
    """Return types from words such as `partner` or `reseller cadence=1m answer_within=2d`; UsageError."""
    return dict(_typed(words) for words in given)


def _typed(words: str) -> tuple[str, dict[str, Value]]:
    name, *pairs = NEXT_KEY.split(words.strip())
    if not is_handle(name):
        raise UsageError(f"'{name}' is no name of a type", f"lower-case letters, digits, hyphens: {handle_from(name)}")
    values: dict[str, Value] = dict(DEFAULT_TYPES.get(name, {}))
    for pair in pairs:
        key, _, value = pair.partition("=")
        if key not in KEYS:
            near = nearest(key, KEYS)
            raise UsageError(f"a type has no '{key}'", f"did you mean {near}?" if near else f"it has {', '.join(KEYS)}")
        values[key] = _value(key, value)
    if not values:
        raise UsageError(f"no type '{name}' is shipped", f"say what it is: --type '{name} purpose=… cadence=1m'")
    return name, values


def asked(ask: Callable[[str, str], str]) -> Types:
    """Return types from the answers of a person; an empty answer takes the default it is asked with."""
    names = ask("Which relationships do you want?", ", ".join(DEFAULT_TYPES)).replace(",", " ").split()
    if ask("Begin with our defaults for what they need, get and cost (yes), or say it now (no)?", "yes")[:1] != "n":
        return typed(name for name in names if name in DEFAULT_TYPES) | {
            name: dict(DEFAULT_TYPES["account"]) for name in names if name not in DEFAULT_TYPES
        }
    return {name: _answers(name, DEFAULT_TYPES.get(name, {}), ask) for name in names}


def _answers(
    name: str, shipped: Mapping[str, str | tuple[str, ...]], ask: Callable[[str, str], str]
) -> dict[str, Value]:
    answers = {}
    for key, question in QUESTIONS.items():
        value = shipped.get(key, "")
        default = value if isinstance(value, str) else ", ".join(value)
        answers[key] = ask(f"{name}: {question}", default)
        while key in DURATIONS and answers[key] and not span(answers[key]):
            answers[key] = ask(f"{name}: '{answers[key]}' is no time such as 3d or 6w; {question}", default)
    return {key: _value(key, answer) for key, answer in answers.items() if answer}


def section(types: Types) -> str:
    """Return the strategy section of a new crmtxt.yaml, with a note where types are as shipped; "" for none."""
    if not types:
        return ""
    entries = "".join(
        (f"    {NOTE}" if values == DEFAULT_TYPES.get(name) else "") + mapping({name: values}, 4)
        for name, values in types.items()
    )
    return f"strategy:\n  types:\n{entries}"


def _value(key: str, text: str) -> Value:
    if key not in {"experience", "roles"}:
        return text.strip()
    return tuple(item for each in text.split(",") if (item := each.strip()))
