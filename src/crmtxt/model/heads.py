"""The models of a customer's head and of crmtxt.yaml: what each field may hold. Unknown fields are legal."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Annotated
from typing import Any
from typing import Literal

from pydantic import BaseModel
from pydantic import BeforeValidator
from pydantic import ConfigDict
from pydantic import Field

from crmtxt.model.money import parse_money
from crmtxt.model.when import duration_days


def _day(value: Any) -> Any:  # noqa: ANN401  # whatever the head holds
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValueError(f"'{value}' is no day; write YYYY-MM-DD") from None
    return value


def _money(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, str):
        parse_money(value, "XXX")
    return value


def _currency(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, str) and not re.fullmatch("[A-Z]{3}", value):
        raise ValueError(f"'{value}' is no currency; write three capital letters, such as EUR")
    return value


def _span(value: Any) -> Any:  # noqa: ANN401
    from crmtxt.errors import UsageError

    if isinstance(value, str):
        try:
            duration_days(value)
        except UsageError as error:
            raise ValueError(error.message) from None
    return value


def _cadence(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, str):
        limits = [duration_days(_span(part)) for part in value.split("..")]
        if len(limits) > 2 or limits != sorted(set(limits)):  # noqa: PLR2004
            raise ValueError(f"'{value}' is no cadence; write 4w, or two, the shorter first: 4w..8w")
    return value


def _birthday(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, str):
        try:
            date.fromisoformat(value if len(value) > len("MM-DD") else f"2000-{value}")
        except ValueError:
            raise ValueError(f"'{value}' is no birthday; write YYYY-MM-DD, or MM-DD without the year") from None
    return value


def _items(value: Any) -> Any:  # noqa: ANN401
    return [value] if isinstance(value, str) else value


def _time(value: Any) -> Any:  # noqa: ANN401
    if not re.fullmatch(r"\d{4}(-\d\d){0,2}", str(value)):
        raise ValueError(f"'{value}' is no year, month or day; write 2026, 2026-04 or 2026-04-16")
    return str(value)


def _dated(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, str):
        raise ValueError(f"'{value}' has no date; write {{2026-04: {value}}}")  # noqa: TRY004  # what pydantic asks for
    return value


Day = Annotated[date, BeforeValidator(_day)]
Time = Annotated[str, BeforeValidator(_time)]
Amount = Annotated[str, BeforeValidator(_money)]
Weight = Annotated[Decimal, Field(ge=0)]
Span = Annotated[str, BeforeValidator(_span)]
Cadence = Annotated[str, BeforeValidator(_cadence)]
Birthday = Annotated[str, BeforeValidator(_birthday)]
Items = Annotated[list[str], BeforeValidator(_items)]
Currency = Annotated[str, BeforeValidator(_currency)]


class Part(BaseModel):
    """A map of a head; keys it does not name are custom fields."""

    model_config = ConfigDict(extra="allow")


class ContactPart(Part):
    """One person."""

    name: str | None = None
    title: str | None = None
    email: str | None = None
    phone: str | None = None
    role: str | None = None
    influence: Annotated[int, Field(ge=1, le=5)] | None = None
    stance: Annotated[int, Field(ge=-2, le=2)] | None = None
    cares_about: Items | None = None
    ours: str | None = None
    wanted: Literal["none", "known", "in touch", "regular"] | None = None
    person: str | None = None
    since: Day | None = None
    until: Day | None = None
    birthday: Birthday | None = None
    consent: dict[str, Any] | None = None


class OpportunityPart(Part):
    """One open opportunity."""

    title: str | None = None
    stage: str | None = None
    value: Amount | None = None
    close: Day | None = None
    owner: str | None = None


class GoalPart(Part):
    """One goal of a plan."""

    whose: str | None = None
    goal: str | None = None
    measure: str | None = None
    by: Day | None = None
    agreed: Day | None = None


class InitiativePart(Part):
    """One key initiative of a plan."""

    what: str | None = None
    owner: str | None = None
    due: Day | None = None
    status: str | None = None


class PlanPart(Part):
    """The relationship plan."""

    aim: str | None = None
    review: Day | None = None
    goals: dict[str, GoalPart] | None = None
    initiatives: dict[str, InitiativePart] | None = None


class CustomerHead(Part):
    """The head of a customer file."""

    name: str
    stage: str | None = None
    type: str | None = None
    owner: str | None = None
    since: Day | None = None
    source: str | None = None
    tags: Items | None = None
    aliases: Items | None = None
    distinct: Items | None = None
    person: bool | None = None
    title: str | None = None
    email: str | None = None
    phone: str | None = None
    birthday: Birthday | None = None
    cadence: Cadence | None = None
    snoozed: Day | None = None
    contacts: dict[str, ContactPart] | None = None
    opportunities: dict[str, OpportunityPart] | None = None
    plan: PlanPart | None = None


class TeamPart(Part):
    """One of us."""

    name: str | None = None
    email: str | None = None


class TypePart(Part):
    """One kind of relationship."""

    purpose: str | None = None
    audience: str | None = None
    they_need: str | None = None
    they_get: str | None = None
    we_get: str | None = None
    cost_to_serve: str | None = None
    cadence: Cadence | None = None
    answer_within: Span | None = None
    experience: Items | None = None
    roles: Items | None = None
    becomes: str | None = None


class TagPart(Part):
    """What customers with a tag are promised."""

    cadence: Cadence | None = None


class StrategyPart(Part):
    """Which relationships we want."""

    promise: str | None = None
    types: dict[str, TypePart] | None = None
    tags: dict[str, TagPart] | None = None
    pressure: dict[str, Decimal] | None = None
    critical_mass: dict[str, Decimal] | None = None


class HealthPart(Part):
    """What the parts of the index weigh."""

    rhythm: Weight | None = None
    strength: Weight | None = None
    reciprocity: Weight | None = None
    breadth: Weight | None = None
    mood: Weight | None = None
    promises: Weight | None = None


class LeadPart(Part):
    """How long before their day things come up."""

    birthday: Span | None = None
    renewal: Span | None = None


class BookHead(Part):
    """The settings of a book, crmtxt.yaml."""

    crmtxt: Annotated[int, Field(ge=1, le=1)]
    name: str | None = None
    timezone: str | None = None
    currency: Currency | None = None
    rates: dict[Currency, Annotated[Decimal, Field(gt=0)]] | None = None
    costs: dict[str, Annotated[dict[Time, Amount], BeforeValidator(_dated)]] | None = None
    team: dict[str, TeamPart] | None = None
    stages: Items | None = None
    pipeline: dict[str, Annotated[Decimal, Field(ge=0, le=1)]] | None = None
    pipelines: dict[str, dict[str, Annotated[Decimal, Field(ge=0, le=1)]]] | None = None
    channels: dict[str, Annotated[Decimal, Field(ge=0)]] | None = None
    strategy: StrategyPart | None = None
    health: HealthPart | None = None
    lead: LeadPart | None = None
    views: dict[str, str] | None = None
