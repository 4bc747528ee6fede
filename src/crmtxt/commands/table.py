"""All commands in one literal table, so that only the one that is asked for is imported."""
# annotations are objects here: those that are text NamedTuple compiles one by one, at every start

from typing import Any
from typing import NamedTuple


class Entry(NamedTuple):
    """Where a command lives, its help line, and how its words are read.

    `quick`: may be answered without Typer; `query`: a word such as -tag:vip is a term, not an option;
    `text`: words that look like options but are none belong to the text.
    """

    module: str
    function: str
    help: str
    group: str
    quick: bool = False
    query: bool = False
    text: bool = False


DAILY, BOOK, AREA = "The daily loop", "The book", "Areas"
COMMANDS: dict[str, Entry] = {
    "today": Entry(
        "today", "today", "What to do now, the most important first (also plain crmtxt).", DAILY, quick=True
    ),
    "log": Entry(
        "log",
        "log",
        "Log what happened: call from jane: worried +onboarding // fri promise: the quote",
        DAILY,
        quick=True,
        text=True,
    ),
    "note": Entry("note", "note", "Log a plain note.", DAILY, text=True),
    "next": Entry("next", "next_", "Plan a follow-up: fri call to jane: renewal terms every:3m", DAILY, text=True),
    "promise": Entry("promise", "promise", "Note a promise of ours (to) or theirs (from).", DAILY, text=True),
    "done": Entry("done", "done", "Settle a follow-up or promise, with what happened.", DAILY, text=True),
    "snooze": Entry("snooze", "snooze", "Move a follow-up or promise to another date.", DAILY),
    "cancel": Entry("cancel", "cancel", "Call a follow-up or promise off.", DAILY),
    "broken": Entry("broken", "broken", "Say that a promise was not kept.", DAILY),
    "due": Entry("due", "due", "Follow-ups and promises that are due.", DAILY, quick=True, query=True),
    "remind": Entry("remind", "remind", "What has come due, and what to know of it; for cron.", DAILY, quick=True),
    "show": Entry("show", "show", "Everything about one customer.", DAILY, quick=True),
    "list": Entry("list_", "list_", "Customers, all or those a query selects.", DAILY, quick=True, query=True),
    "find": Entry("find", "find", "Log entries, follow-ups and notes with these words.", DAILY, quick=True, query=True),
    "brief": Entry(
        "brief", "brief", "One screen before a call: who, what was said, felt and owed, what to say.", DAILY
    ),
    "add": Entry("add", "add", "Add a customer.", DAILY),
    "stage": Entry("stage", "stage", "Move a customer to another stage.", DAILY),
    "health": Entry(
        "health",
        "health",
        "How relationships stand, 0 to 100, the weakest first; --why tells of one.",
        AREA,
        query=True,
    ),
    "mood": Entry("mood", "mood", "What a customer feels, and each person: level, direction, moments, words.", AREA),
    "promises": Entry("promises", "promises", "Whether promises are kept, ours and theirs.", AREA),
    "map": Entry(
        "map_", "map_", "The people of a customer: how close, who talks to whom about what, what is lacking.", AREA
    ),
    "contact add": Entry("contact", "add", "Add a person.", AREA),
    "contact set": Entry("contact", "set_", "Change what is known of a person.", AREA),
    "contact remove": Entry("contact", "remove", "Remove a person; the log keeps their lines.", AREA),
    "contact list": Entry("contact_list", "list_", "The people of a customer.", AREA),
    "opp add": Entry("opportunity", "add", "Open an opportunity: acme 'Renewal 2027' 12000 EUR", AREA),
    "opp move": Entry("opportunity", "move", "Move an opportunity to another stage.", AREA),
    "opp set": Entry("opportunity", "set_", "Change what an opportunity is worth, when it should close …", AREA),
    "opp won": Entry("closing", "won", "Close an opportunity as won.", AREA),
    "opp lost": Entry("closing", "lost", "Close an opportunity as lost: why, to whom, what we learned.", AREA),
    "opp list": Entry(
        "opp_list", "list_", "Open opportunities, those of the customers a query selects.", AREA, query=True
    ),
    "opp show": Entry("opp_list", "show", "The course of a customer's opportunities, the closed ones too.", AREA),
    "leads": Entry(
        "leads", "leads", "Leads: where they came from, how old they are, what comes next.", AREA, query=True
    ),
    "pipeline": Entry(
        "pipeline",
        "pipeline",
        "What is open, stage by stage, what stands still, what is next.",
        AREA,
        quick=True,
        query=True,
    ),
    "forecast": Entry(
        "forecast", "forecast", "What should close in which month, and how sure that is.", AREA, quick=True, query=True
    ),
    "funnel": Entry(
        "funnel", "funnel", "How many come to each stage, how many go on, how long it takes.", AREA, query=True
    ),
    "won": Entry("outcomes", "won", "What was won; --summary tells the win rate.", AREA, query=True),
    "lost": Entry("outcomes", "lost", "What was lost: why, to whom, what was learned.", AREA, query=True),
    "sources": Entry(
        "sources", "sources", "Where customers came from, and what came of it.", AREA, quick=True, query=True
    ),
    "retention": Entry(
        "retention",
        "retention",
        "Whether customers come again, what is to be renewed, who left and why.",
        AREA,
        quick=True,
        query=True,
    ),
    "warm": Entry(
        "warm", "warm", "Lost and dormant relationships worth a word now, and why.", AREA, quick=True, query=True
    ),
    "strategy": Entry("strategy", "strategy", "The relationships this book wants, and their standards.", AREA),
    "strategy check": Entry("strategy", "check", "Hold the book against its strategy.", AREA),
    "plan": Entry("plan", "plan", "The plan of a relationship: why, goals, how it stands, what is next.", AREA),
    "plan review": Entry("plan", "review", "Say that a plan was reviewed, and when it will be again.", AREA),
    "goal add": Entry("goal", "add", "Add a goal, theirs or ours.", AREA),
    "goal set": Entry("goal", "set_", "Change what is known of a goal.", AREA),
    "goal read": Entry("goal", "read", "Log where a goal stands, read by hand.", AREA),
    "goal close": Entry("goal", "close", "Close a goal: reached, or dropped.", AREA),
    "initiative add": Entry("initiative", "add", "Add an initiative.", AREA),
    "initiative set": Entry("initiative", "set_", "Change what is known of an initiative.", AREA),
    "initiative read": Entry("initiative", "read", "Log how far an initiative is, such as 40%.", AREA),
    "initiative close": Entry("initiative", "close", "Close an initiative: done, or dropped.", AREA),
    "cron install": Entry("cron", "install", "Let reminders run every day, by cron or systemd.", AREA),
    "cron status": Entry("cron", "status", "When reminders last ran, and whether they would now.", AREA),
    "cron remove": Entry("cron", "remove", "Let reminders run no more.", AREA),
    "cron print": Entry("cron", "print_", "Print what install would write.", AREA),
    "calendar export": Entry(
        "calendar", "export", "Everything with a day as iCalendar, for phones and task programs.", AREA, query=True
    ),
    "calendar import": Entry(
        "calendar_import", "import_", "Meetings from an iCalendar file: look, then --apply.", AREA
    ),
    "init": Entry("init", "init", "Make a new book.", BOOK),
    "demo": Entry("demo", "demo", "Make a throw-away book to try things on.", BOOK),
    "set": Entry("set_", "set_", "Change values: stage=customer tags+=vip contacts.jane.title=CTO", BOOK, text=True),
    "edit": Entry("edit", "edit", "Edit a customer's file in your editor, safely.", BOOK),
    "rename": Entry("rename", "rename", "Give a customer another handle.", BOOK),
    "merge": Entry("merge", "merge", "Make one of two customers that are the same.", BOOK),
    "remove": Entry("remove", "remove", "Remove a customer's file; undo brings it back.", BOOK),
    "sync": Entry("sync", "sync", "Share the book: commit, fetch, merge, send.", BOOK),
    "trust": Entry("trust", "trust", "What this repository could run, and whether it may.", BOOK),
    "import opportunities": Entry(
        "import_", "opportunities", "Opportunities from a CSV file: look, then --apply.", BOOK
    ),
    "import customers": Entry("import_", "customers", "Customers from a CSV file: look, then --apply.", BOOK),
    "import mail": Entry("import_mail", "mail", "Mail from an mbox, Maildir or files: look, then --apply.", BOOK),
    "export opportunities": Entry(
        "export", "opportunities", "Opportunities as CSV, the closed ones too.", BOOK, query=True
    ),
    "export customers": Entry("export", "customers", "Customers as CSV, a row for each person.", BOOK, query=True),
    "addr": Entry("addr", "addr", "E-mail addresses, as mutt and aerc ask for them.", BOOK, quick=True),
    "check": Entry("check", "check", "Look for what is wrong or odd in the book.", BOOK),
    "doctor": Entry("doctor", "doctor", "Look at the surroundings: git, index, settings, folders.", BOOK),
    "history": Entry("history", "history", "What was changed, when and by whom.", BOOK),
    "undo": Entry("undo", "undo", "Take back the last change, or an earlier one.", BOOK),
    "resolve": Entry("resolve", "resolve", "Settle what git could not merge: ours, theirs or another value.", BOOK),
    "config": Entry("config", "config", "Settings in force, and where they come from.", BOOK),
    "completion": Entry("completion", "completion", "Print the completion script of a shell.", BOOK, quick=True),
}
BARE = "today"  # what crmtxt alone does
ALIASES = {"opportunity": "opp"}
GROUPS = {
    "contact": "People of a customer: add, set, remove, list.",
    "opp": "Opportunities: add, move, set, won, lost, list, show.",
    "goal": "Goals of a plan: add, set, read, close.",
    "initiative": "Initiatives of a plan: add, set, read, close.",
    "cron": "Reminders that run by themselves: install, status, remove, print.",
    "calendar": "For phones and calendar programs, and from them: export, import.",
    "import": "From elsewhere: opportunities, customers, mail.",
    "export": "As CSV: opportunities, customers.",
}


def load(name: str) -> Any:  # noqa: ANN401  # a command's signature is its own
    """Import and return the function of a command."""
    from importlib import import_module

    entry = COMMANDS[name]
    return getattr(import_module(f"crmtxt.commands.{entry.module}"), entry.function)
