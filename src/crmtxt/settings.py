"""What can be set, in one table: for the book (crmtxt.yaml, shared) and for the user (config.yaml, private)."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from collections.abc import Iterable
from typing import NamedTuple

BOOK = "book"
USER = "user"
BOOK_FILE = "crmtxt.yaml"
VERSION = "1"


class Setting(NamedTuple):
    """One setting: a dotted name (`*` is any key), its type, its default as text, what it means, and whose it is."""

    name: str
    type: str
    default: str
    help: str
    scope: str


SETTINGS = (
    Setting("crmtxt", "number", VERSION, "Version of the file format.", BOOK),
    Setting("name", "text", "", "Name of the book, shown at the top of today.", BOOK),
    Setting(
        "timezone",
        "text",
        "",
        "Time zone of every date and time, such as Europe/London; without it, the computer's.",
        BOOK,
    ),
    Setting("currency", "text", "EUR", "Currency of sums (ISO 4217).", BOOK),
    Setting("rates.*", "number", "", "What one unit of another currency is worth in the book's currency.", BOOK),
    Setting("team.*.name", "text", "", "A colleague's name; the key is what stands after by @.", BOOK),
    Setting("team.*.email", "text", "", "A colleague's address; tells who you are from git's user.email.", BOOK),
    Setting(
        "stages",
        "list",
        "lead, prospect, customer, advocate, dormant, lost",
        "Stages of a relationship, in order.",
        BOOK,
    ),
    Setting(
        "pipeline.*",
        "number",
        "qualify 0.1, demo 0.25, proposal 0.5, negotiation 0.75, won 1, lost 0",
        "Stages of an opportunity with their declared probability.",
        BOOK,
    ),
    Setting(
        "pipelines.*.*",
        "number",
        "",
        "Another pipeline by its name, with stages of its own: an opportunity is in the one its stage is of.",
        BOOK,
    ),
    Setting(
        "stalled_after",
        "duration",
        "30d",
        "How long an opportunity may stay at a stage, until five that were won have taught it.",
        BOOK,
    ),
    Setting("costs.*.*", "money", "", "What a source cost, by year, month or day: costs.fair.2026-04.", BOOK),
    Setting(
        "channels.*",
        "number",
        "meeting 1, visit 1, video 0.9, call 0.8, letter 0.5, email 0.4, support 0.4, message 0.3, "
        "event 0.3, survey 0.2, note 0",
        "Ways of being in touch, with their weight; 0 is no contact.",
        BOOK,
    ),
    Setting("strategy.promise", "text", "", "What every customer may expect of us.", BOOK),
    Setting("strategy.types.*.purpose", "text", "", "Why we want this kind of relationship.", BOOK),
    Setting("strategy.types.*.audience", "text", "", "Who it is for.", BOOK),
    Setting("strategy.types.*.they_need", "text", "", "What they need of us.", BOOK),
    Setting("strategy.types.*.they_get", "text", "", "What they get.", BOOK),
    Setting("strategy.types.*.we_get", "text", "", "What we get.", BOOK),
    Setting("strategy.types.*.cost_to_serve", "text", "", "What it costs us.", BOOK),
    Setting("strategy.types.*.cadence", "duration", "", "How often we are in touch: 4w, or 4w..8w at the least.", BOOK),
    Setting(
        "strategy.types.*.answer_within",
        "duration",
        "2d",
        "How soon they hear from us when they wrote or called.",
        BOOK,
    ),
    Setting("strategy.types.*.experience", "list", "", "What we promise them to experience.", BOOK),
    Setting("strategy.types.*.roles", "list", "", "Roles somebody on their side must have for us.", BOOK),
    Setting("strategy.types.*.becomes", "text", "", "What such a relationship should become.", BOOK),
    Setting(
        "strategy.tags.*.cadence", "duration", "", "The same for customers with that tag, before their type.", BOOK
    ),
    Setting("strategy.pressure.*", "number", "", "How often campaigns may touch one person.", BOOK),
    Setting("strategy.critical_mass.*", "number", "", "When feedback must be acted upon.", BOOK),
    Setting(
        "health.rhythm", "number", "20", "What being in touch as agreed weighs in the index; 0 leaves it out.", BOOK
    ),
    Setting("health.strength", "number", "15", "What recent contact weighs in the index.", BOOK),
    Setting("health.reciprocity", "number", "10", "What it weighs that both sides begin.", BOOK),
    Setting("health.breadth", "number", "20", "What it weighs how many of their people we are in touch with.", BOOK),
    Setting("health.mood", "number", "20", "What their mood weighs in the index.", BOOK),
    Setting("health.promises", "number", "15", "What it weighs that we keep our promises.", BOOK),
    Setting("lead.birthday", "duration", "1w", "How long before a birthday today names it.", BOOK),
    Setting("lead.renewal", "duration", "30d", "How long before a renewal closes today names it.", BOOK),
    Setting("views.*", "query", "", "A saved query: crmtxt list NAME.", BOOK),
    Setting("book", "path", "", "The book that is used outside of any book's folder.", USER),
    Setting("me", "text", "", "Your key in team:.", USER),
    Setting("editor", "command", "", "The editor; without it $VISUAL, then $EDITOR, then vi.", USER),
    Setting("pager", "command", "", "The pager; without it $PAGER, without both none.", USER),
    Setting(
        "mail.to",
        "text",
        "",
        "Where reminders go; without it git's user.email of yours. Never an address of a book.",
        USER,
    ),
    Setting("mail.from", "text", "", "Who they are from; without it the same.", USER),
    Setting("mailer", "command", "", "What sends mail as sendmail -i -t does; without it sendmail.", USER),
    Setting("smtp.host", "text", "", "The server mail is given to, in the place of mailer.", USER),
    Setting("smtp.port", "number", "", "Its port; without it 587, 465 for tls, 25 on this computer.", USER),
    Setting("smtp.security", "text", "", "tls, starttls or none; without it what the port stands for.", USER),
    Setting("smtp.user", "text", "", "Who logs in there, with the password of password_command.", USER),
    Setting("password_command", "command", "", "What prints the password of smtp.user.", USER),
    Setting("alarm.at", "time", "9:00", "When a calendar rings for what has a day but no time; or never.", USER),
    Setting("alarm.before", "number", "15", "How many minutes before what has a time it does; or never.", USER),
    Setting("notifier", "command", "", "What shows a title and a text; without it notify-send, or osascript.", USER),
    Setting("exec", "command", "", "What crmtxt remind --exec gives the reminder to, on standard input.", USER),
)
# what a new book begins with: defaults, to be changed; `strategy` marks those that were not
DEFAULT_TYPES: dict[str, dict[str, str | tuple[str, ...]]] = {
    "partner": {
        "purpose": "Build what we sell with the people who use it hardest.",
        "audience": "the few who would tell us the truth",
        "they_need": "early access, somebody they know by name",
        "they_get": "a say in what we build",
        "we_get": "references, honest complaints",
        "cost_to_serve": "high",
        "cadence": "2w",
        "answer_within": "1d",
        "experience": ("quarterly review", "somebody they know by name"),
        "roles": ("champion", "decision maker"),
        "becomes": "advocate",
    },
    "account": {
        "purpose": "Serve them so well that they stay.",
        "audience": "everybody who buys again and again",
        "they_need": "things that work, answers in plain words",
        "they_get": "a person who knows their case",
        "we_get": "steady orders",
        "cost_to_serve": "medium",
        "cadence": "6w",
        "answer_within": "2d",
        "experience": ("yearly review",),
        "roles": ("decision maker",),
        "becomes": "partner",
    },
    "occasional": {
        "purpose": "Be there when they need us, and easy to find.",
        "audience": "everybody who buys now and then",
        "they_need": "an easy way to order",
        "they_get": "a quick answer",
        "we_get": "a name that is passed on",
        "cost_to_serve": "low",
        "cadence": "6m",
        "answer_within": "3d",
        "experience": ("thanks for each order",),
        "roles": (),
        "becomes": "account",
    },
}
PRIVATE = frozenset(setting.name.partition(".")[0] for setting in SETTINGS if setting.scope == USER)
MAIN = "main"  # the name of the pipeline that is declared without one
Row = tuple[str, str | None]


DEFAULTS = {setting.name: setting.default for setting in SETTINGS}
WEIGHTS = {name.removeprefix("health."): float(text) for name, text in DEFAULTS.items() if name.startswith("health.")}


def default(name: str) -> str:
    """Return the default of a setting as it stands in the table."""
    return DEFAULTS[name]


class BookSettings(NamedTuple):
    """The settings of one book, defaults filled in; `raw` keeps every row of crmtxt.yaml by its dotted key.

    `pipeline` has the probability of every stage, `pipelines` the stages of each pipeline by its name.
    """

    raw: dict[str, tuple[str, ...]]
    name: str
    timezone: str
    currency: str
    rates: dict[str, float]
    team: tuple[str, ...]
    stages: tuple[str, ...]
    pipeline: dict[str, float]
    pipelines: dict[str, tuple[str, ...]]
    channels: dict[str, float]
    types: tuple[str, ...]
    health: dict[str, float]
    views: dict[str, str]

    def text(self, key: str) -> str:
        """Return one value as text, "" when it is not set."""
        return self.raw.get(key, ("",))[-1]

    def type_setting(self, type_: str | None, key: str) -> str:
        """Return a setting of a relationship type, its default when the type does not say."""
        return self.text(f"strategy.types.{type_}.{key}") or default(f"strategy.types.*.{key}")

    @property
    def tag_cadences(self) -> dict[str, str]:
        """Return how often we are in touch with those who have a tag."""
        pairs = ((key.split("."), values[-1]) for key, values in self.raw.items() if key.startswith("strategy.tags."))
        return {parts[2]: value for parts, value in pairs if parts[3:] == ["cadence"]}

    @property
    def fingerprint(self) -> str:
        """Return what the index depends on: it is made anew when this changes."""
        return repr((self.currency, self.rates, self.pipeline, self.channels, self.tag_cadences))


def book_settings(rows: Iterable[Row]) -> BookSettings:
    """Return the settings of a book from the flattened rows of its crmtxt.yaml, in their order."""
    raw: dict[str, tuple[str, ...]] = {}
    for key, value in rows:
        if value is not None:
            raw[key] = (*raw.get(key, ()), value)
    pipelines = {MAIN: _numbers(raw, "pipeline.") or _default_numbers("pipeline.*")}
    pipelines |= {name: _numbers(raw, f"pipelines.{name}.") for name in _keys(raw, "pipelines.")}
    return BookSettings(
        raw=raw,
        name=raw.get("name", ("",))[-1],
        timezone=raw.get("timezone", ("",))[-1],
        currency=raw.get("currency", (default("currency"),))[-1],
        rates=_numbers(raw, "rates."),
        team=_keys(raw, "team."),
        stages=raw.get("stages") or tuple(default("stages").split(", ")),
        pipeline={**{stage: p for stages in pipelines.values() for stage, p in stages.items()}, **pipelines[MAIN]},
        pipelines={name: tuple(stages) for name, stages in pipelines.items()},
        channels=_numbers(raw, "channels.") or _default_numbers("channels.*"),
        types=_keys(raw, "strategy.types."),
        health={name: _numbers(raw, "health.").get(name, weight) for name, weight in WEIGHTS.items()},
        views={key.removeprefix("views."): values[-1] for key, values in raw.items() if key.startswith("views.")},
    )


def private(settings: BookSettings) -> list[str]:
    """Return the keys of a book's settings that are read only from the user's own configuration."""
    return sorted({key.split(".", 1)[0] for key in settings.raw} & PRIVATE)


def _keys(raw: dict[str, tuple[str, ...]], prefix: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key.removeprefix(prefix).split(".", 1)[0] for key in raw if key.startswith(prefix)))


def _numbers(raw: dict[str, tuple[str, ...]], prefix: str) -> dict[str, float]:
    found = {}
    for key, values in raw.items():
        if key.startswith(prefix):
            try:
                found[key.removeprefix(prefix)] = float(values[-1])
            except ValueError:
                continue
    return found


def _default_numbers(name: str) -> dict[str, float]:
    pairs = (pair.rsplit(" ", 1) for pair in default(name).split(", "))
    return {key: float(value) for key, value in pairs}
