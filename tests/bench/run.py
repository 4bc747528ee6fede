"""Measure the program, whole processes, as ratios to a bare interpreter or to the same work done bare, in one run.

    python tests/bench/run.py                        everything, on a book of 10,000 customers (about five minutes)
    python tests/bench/run.py warm log               only these parts of the list PARTS below
    python tests/bench/run.py --customers 1000 --runs 9 --tool ../elsewhere/big_book.py

The tool writes the book: `big_book.py DIR CUSTOMERS --git`. Each command and what it is measured against run in turn,
so that a machine that slows down slows both; a ratio is the median of the ratios of the pairs, and the goal is held
against that of processor time (user and system, of the child and all it waited for), which other work on the machine
disturbs least. Memory is the peak of the child as the system accounts it (ru_maxrss). Run by hand, not collected by
pytest; nothing outside a temporary folder is written. POSIX only: it waits for its children with wait4.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from datetime import UTC
from datetime import datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple
from typing import Self

from crmtxt.store.driver import driver_line

HERE = Path(__file__).resolve().parent
PROGRAM = str(Path(sys.executable).with_name("crmtxt"))
DRIVER = str(Path(sys.executable).with_name("crmtxt-merge"))
BARE_PYTHON = [sys.executable, "-c", "pass"]
SETTLED = 2.5  # seconds after which no file is too fresh to be believed
PARTS = ("warm", "remind", "log", "heal", "cold", "driver", "pull", "import")
SALES = "sales_pipeline.csv"
SALES_MAPPING = [
    word
    for column, field in {
        "opportunity_id": "id",
        "sales_agent": "owner",
        "product": "title",
        "account": "customer",
        "deal_stage": "stage",
        "engage_date": "on.engaging",
        "close_date": "closed",
        "close_value": "value",
    }.items()
    for word in ("--map", f"{column}={field}")
] + ["--fill", "customer=Unknown", "--dates", "dmy"]
CONFLICTING = 200  # files both sides changed, in one pull
WARM: tuple[tuple[str, float | None], ...] = (  # what is asked, and the most it may cost
    ("--version", None),
    ("due", 10),
    ("show {handle}", 10),
    ("list stage:customer owner:sam", 10),
    ("list tag:pricing", 10),
    ("list value>20k quiet>60d", None),
    ("due --limit 20", None),
    ("today", None),
    ("find handover outage", None),
    ("find outage", None),
    ("list", None),
    ("list --json", None),
    ("list --format table", None),
    ("complete-words show harb", None),
)


class Run(NamedTuple):
    """One process: seconds of processor time, seconds that passed, peak MiB."""

    cpu: float
    wall: float
    peak: float


class Pair(NamedTuple):
    """A command and what it is measured against: their runs, in turn."""

    ours: list[Run]
    bare: list[Run]

    @classmethod
    def of(cls, runs: list[tuple[Run, Run]]) -> Self:
        """Return the pair of runs made in turn."""
        return cls([one for one, _ in runs], [other for _, other in runs])

    def row(self, name: str, most: float | None = None) -> str:
        """Return one line of the table; `most` is what the ratio should stay below."""
        pairs = list(zip(self.ours, self.bare, strict=True))
        ratio, waited = median(one.cpu / other.cpu for one, other in pairs), median(a.wall / b.wall for a, b in pairs)
        cpu, bare = (min(run.cpu for run in runs) for runs in self)
        peak = max(run.peak for run in self.ours)
        goal = "" if most is None else f"<= {most:g}" if ratio <= most else f"<= {most:g}  missed"
        times = f"{cpu * 1e3:9.1f} ms {bare * 1e3:9.1f} ms"
        return f"{name:<34}{ratio:7.2f} x {goal:<16}{waited:7.2f} x {times} {peak:7.1f} MiB\n"


class Bench(NamedTuple):
    """Where the measured book is, and how often everything runs."""

    book: Path
    env: dict[str, str]
    runs: int
    sales: Path

    def run(self, command: list[str]) -> Run:
        """Run a command in the book, its output thrown away; it must succeed."""
        said = self.book.with_name("stderr")
        with said.open("wb") as stderr, Path(os.devnull).open("r+b") as nothing:
            start = time.perf_counter()
            child = subprocess.Popen(command, cwd=self.book, env=self.env, stdin=nothing, stdout=nothing, stderr=stderr)
            _, status, usage = os.wait4(child.pid, 0)
            seconds = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise SystemExit(f"{' '.join(command)}: exit {child.returncode}\n{said.read_text(encoding='utf-8')}")
        unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
        return Run(usage.ru_utime + usage.ru_stime, seconds, usage.ru_maxrss / unit)

    def pair(self, ours: list[str], bare: list[str]) -> Pair:
        """Run two commands in turn, after each once for nothing."""
        self.run(ours)
        self.run(bare)
        return Pair.of([(self.run(ours), self.run(bare)) for _ in range(self.runs)])


def main() -> None:
    """Write the books, measure the parts asked for, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all of them without")
    parser.add_argument("--tool", default="../shared/tools/big_book.py", help="the script that writes the book")
    parser.add_argument("--sales", default="../shared/data/crm-sales-opportunities", help="the sales data to import")
    parser.add_argument("--customers", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=21, help="runs of each command; a fifth of them of the slow ones")
    options = parser.parse_args()
    with TemporaryDirectory(prefix="crmtxt-bench-") as folder:
        bench = Bench(Path(folder, "book"), environment(Path(folder)), options.runs, Path(options.sales))
        if options.parts != ["import"]:
            write_book(options.tool, options.customers, bench.book)
        sys.stdout.write(f"{'':<34}{'ratio':>9} {'goal':<16}{'wall':>9} {'least':>12} {'bare':>12} {'peak':>11}\n")
        for part in options.parts or PARTS:
            for row in globals()[f"measure_{part}"](bench):
                sys.stdout.write(row)
                sys.stdout.flush()


def environment(folder: Path) -> dict[str, str]:
    """Return an environment whose folders are below this one, git's author among it, byte code cached as for a user."""
    ours = {f"XDG_{name}_HOME": str(folder / name.lower()) for name in ("CACHE", "STATE", "CONFIG")}
    author = {f"GIT_{who}_{what}": "bench" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    left_out = ("PYTHONDONTWRITEBYTECODE", "CRMTXT_BOOK", "FORCE_COLOR")
    kept = {name: value for name, value in os.environ.items() if name not in left_out}
    return {**kept, **ours, **author, "GIT_CONFIG_GLOBAL": os.devnull, "HOME": str(folder)}


def write_book(tool: str, customers: int, book: Path) -> None:
    """Write the book for today, packed by git, and wait until none of its files is fresh."""
    today = datetime.now(tz=UTC).date().isoformat()
    quiet = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "gc.auto", "GIT_CONFIG_VALUE_0": "0"}
    command = [sys.executable, tool, str(book), str(customers), "--git", "--today", today]
    subprocess.run(command, check=True, env=os.environ | quiet)
    for words in (["gc", "--quiet"], ["config", "gc.auto", "0"], ["status", "--short"]):
        subprocess.run(["git", "-C", str(book), *words], check=True)
    time.sleep(SETTLED)


def measure_warm(bench: Bench) -> list[str]:
    """Measure the read commands on an index that is there."""
    handle = min(path.stem for path in (bench.book / "customers").rglob("*.md"))
    bench.run([PROGRAM, "list", "--limit", "1"])
    asked = [([word.format(handle=handle) for word in line.split(" ")], most) for line, most in WARM]
    return [bench.pair([PROGRAM, *words], BARE_PYTHON).row(" ".join(words), most) for words, most in asked]


def measure_remind(bench: Bench) -> list[str]:
    """Measure reminders when nothing is due: for somebody without customers, and in a book where all is settled."""
    there = bench._replace(book=bench.book.with_name("settled"))
    shutil.copytree(bench.book, there.book, ignore=shutil.ignore_patterns(".git"))
    for path in (there.book / "customers").rglob("*.md"):
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"(- \[ \] |close: )\d{4}", r"\g<1>2099", text), encoding="utf-8")
    settings = there.book / "crmtxt.yaml"
    text = settings.read_text(encoding="utf-8").replace("team:\n", "team:\n  nia: {name: Nia Stone}\n")
    settings.write_text(text, encoding="utf-8")
    time.sleep(SETTLED)
    ours = [PROGRAM, "remind", "--exit-code", "--for"]
    rows = [there.pair([*ours, "@nia"], BARE_PYTHON).row("remind, others have things due", 12)]
    patient = re.sub(r"cadence: \w+", "cadence: 9y, answer_within: 1y", text)
    settings.write_text(patient, encoding="utf-8")
    time.sleep(SETTLED)
    return [*rows, there.pair([*ours, "@sam"], BARE_PYTHON).row("remind, nobody has", 12)]


def measure_log(bench: Bench) -> list[str]:
    """Measure a line logged and committed against the shell's own append, add and commit, in a copy of the book."""
    copy = bench._replace(book=bench.book.with_name("copy"))
    shutil.copytree(bench.book, copy.book)
    copy.run(["git", "status", "--short"])  # git's own index of the copy
    bench.run([PROGRAM, "list", "--limit", "1"])
    path = min((bench.book / "customers").rglob("*.md"))
    place = path.relative_to(bench.book).as_posix()
    who = re.search(r"^  ([a-z]+):$", path.read_text(encoding="utf-8"), re.MULTILINE)
    said = f"call with @{who[1] if who else 'nobody'}: what was said"
    shell = f"echo '- 2026-11-21 {said}' >> {place} && git add -- {place} && git commit -qm 'log: {said}' -- {place}"
    time.sleep(SETTLED)
    runs = [(bench.run([PROGRAM, "log", path.stem, said]), copy.run(["sh", "-c", shell])) for _ in range(bench.runs)]
    return [Pair.of(runs).row("log, with its commit", 4)]


def measure_heal(bench: Bench) -> list[str]:
    """Measure a read after one file was changed, while it is fresh and once it has settled."""
    path = max((bench.book / "customers").rglob("*.md"))
    rows = []
    for name, wait in (("due, one file just changed", 0.0), ("due, one file changed, settled", SETTLED)):
        runs = []
        for number in range(max(3, bench.runs // 3)):
            path.write_text(path.read_text(encoding="utf-8") + f"- 2026-01-01 note: {number}\n", encoding="utf-8")
            time.sleep(wait)
            runs.append((bench.run([PROGRAM, "due"]), bench.run(BARE_PYTHON)))
        rows.append(Pair.of(runs).row(name))
    return rows


def measure_cold(bench: Bench) -> list[str]:
    """Measure an index made from nothing against the same rows made bare, with our indexes and without any."""
    cache, database = Path(bench.env["XDG_CACHE_HOME"]), bench.book.with_name("bare.sqlite")
    rows = []
    for name, words, most in (("cold index", [], 3), ("cold index, bare has no indexes", ["--plain"], None)):
        bare = [sys.executable, str(HERE / "bare.py"), str(bench.book), str(database), *words]
        runs = []
        for _ in range(max(3, bench.runs // 5)):
            shutil.rmtree(cache, ignore_errors=True)
            ours = bench.run([PROGRAM, "list", "--limit", "1"])
            for old in database.parent.glob(f"{database.name}*"):
                old.unlink()
            runs.append((ours, bench.run(bare)))
        rows.append(Pair.of(runs).row(name, most))
    return rows


def measure_driver(bench: Bench) -> list[str]:
    """Measure the merge driver against git's own merge of the same file, both as whole processes."""
    largest = max((bench.book / "customers").rglob("*.md"), key=lambda path: path.stat().st_size)
    base = largest.read_text(encoding="utf-8")
    logged = f"{base}- 2027-01-01 call: ours\n"
    staged = re.sub(r"^stage: .*", "stage: lost", base, count=1, flags=re.MULTILINE)
    sides = {
        "crmtxt-merge, log and stage": (logged, staged),
        "crmtxt-merge, two heads": (
            re.sub(r"^name: .*", "name: Ours", base, count=1, flags=re.MULTILINE),
            base.replace("\n---\n", "\nx-theirs: yes\n---\n", 1),
        ),
    }
    here = bench._replace(book=bench.book.with_name("driver"))
    here.book.mkdir()
    rows = []
    for name, texts in sides.items():
        for side, text in zip(("base", "ours", "theirs"), (base, *texts), strict=True):
            (here.book / side).write_text(text, encoding="utf-8")
        bare = ["git", "merge-file", "-q", "work", "base", "theirs"]
        runs = []
        for _ in range(bench.runs):
            shutil.copy(here.book / "ours", here.book / "work")
            ours = here.run([DRIVER, "base", "work", "theirs", "customers/x.md", "7"])
            shutil.copy(here.book / "ours", here.book / "work")
            runs.append((ours, here.run(bare)))
        rows.append(Pair.of(runs).row(name, 4))
    return rows


def measure_pull(bench: Bench) -> list[str]:
    """Measure one pull in which both sides logged in many files, against the same pull with git's `union` merge."""
    there = bench._replace(book=bench.book.with_name("there"))
    shutil.copytree(bench.book, there.book)
    paths = sorted(path.relative_to(there.book) for path in (there.book / "customers").rglob("*.md"))[:CONFLICTING]

    def log(clone: Bench, who: str) -> None:
        for path in paths:
            with (clone.book / path).open("a", encoding="utf-8") as file:
                file.write(f"- 2027-01-01 call: {who}\n")
        clone.run(["git", "commit", "--quiet", "--all", "--message", who])

    clones = [bench._replace(book=bench.book.with_name(name)) for name in ("by-meaning", "by-union")]
    for clone, driver in zip(clones, ("crmtxt", "union"), strict=True):
        bench.run(["git", "clone", "--quiet", "--no-local", str(there.book), str(clone.book)])
        (clone.book / ".git/info/attributes").write_text(f"customers/**/*.md merge={driver}\n", encoding="utf-8")
        clone.run(["git", "config", "merge.crmtxt.driver", driver_line(DRIVER)])
        log(clone, "ours")
        clone.run(["git", "tag", "before"])
    log(there, "theirs")
    runs = []
    for _ in range(max(3, bench.runs // 5)):
        for clone in clones:
            clone.run(["git", "reset", "--quiet", "--hard", "before"])
        pull = ["git", "pull", "--quiet", "--no-rebase", "--no-edit", "origin", "HEAD"]
        runs.append((clones[0].run(pull), clones[1].run(pull)))
    return [Pair.of(runs).row(f"git pull, {len(paths)} files conflict")]


def measure_import(bench: Bench) -> list[str]:
    """Measure the real sales data imported at once against the same file parsed and the same files written bare."""
    table = (bench.sales / SALES).resolve()
    runs = []
    for number in range(max(3, bench.runs // 5)):
        here = bench._replace(book=bench.book.with_name(f"sales-{number}"))
        here.book.mkdir()
        settings = "crmtxt: 1\ncurrency: USD\npipeline: {prospecting: 0.1, engaging: 0.4, won: 1, lost: 0}\n"
        (here.book / "crmtxt.yaml").write_text(settings, encoding="utf-8")
        here.run(["git", "init", "--quiet"])
        ours = here.run([PROGRAM, "import", "opportunities", str(table), *SALES_MAPPING, "--apply"])
        bare = [sys.executable, str(HERE / "bare_import.py"), str(table), "customers", "../written"]
        runs.append((ours, here.run(bare)))
    return [Pair.of(runs).row(f"import of {SALES}", 25)]


if __name__ == "__main__":
    main()
