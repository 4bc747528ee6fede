"""What was agreed with a customer, from its head and the settings of its type."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from crmtxt.errors import UsageError
from crmtxt.measure.health import Terms
from crmtxt.model.when import duration_days

if TYPE_CHECKING:
    from crmtxt.settings import BookSettings


@lru_cache
def span(text: str) -> float:
    """Return a duration in days, 0 for none; one that cannot be read is named by check."""
    try:
        return duration_days(text) if text else 0.0
    except UsageError:
        return 0.0


def terms_of(settings: BookSettings, cadence: str | None, type_: str | None) -> Terms:
    """Return what was agreed with a customer: its own cadence, else that of its type."""
    own = span(cadence or "")
    return Terms(
        own or span(settings.type_setting(type_, "cadence")), span(settings.type_setting(type_, "answer_within"))
    )
