"""One run of all measurements, and the rows that it gives."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.bench import audit, ledger
from tests.bench.acknowledging import Beside, beside
from tests.bench.besieged import Besieged, Siege, besiege
from tests.bench.deciding import Decided, decide
from tests.bench.evening import Evening, Held, hold
from tests.bench.explaining import Explained, explain
from tests.bench.fleet import Down, Fleet, Simulation
from tests.bench.flushing import Flushed, flush
from tests.bench.load import Shape
from tests.bench.memory import resident_megabytes
from tests.bench.quantiles import quantile
from tests.bench.report import Row
from tests.bench.rig import Rig, rigged
from tests.bench.showing import first_messages


@dataclass(frozen=True)
class Size:
    """How much is measured. ``idle`` and ``writing`` are seconds; ``tries``: how often CPU time is taken
    next to the yardstick. ``plainly``: whether the processes start as a user starts them.
    """

    commands: int = 2_000
    block: int = 250
    even: int = 500
    restarts: int = 24
    starts: int = 3
    idle: float = 3.0
    writing: float = 4.0
    fleet: int = 500
    decided: int = 10_000
    keys: int = 200_000
    explained: int = 10
    tries: int = 3
    plainly: bool = True
    evening: Evening = field(default_factory=Evening)
    siege: Siege = field(default_factory=Siege)
    ledger: ledger.Fleet = field(default_factory=ledger.Fleet)


SMALL = Size(
    commands=40, block=20, even=20, restarts=2, starts=1, idle=0.0, writing=0.3, fleet=10,
    decided=200, keys=2_000, explained=1, tries=1, plainly=False,
    evening=Evening(environments=3, services=2, scaled=1, seconds=4.0, every=2.0, at_least=1),
    siege=Siege(silent=5, rate=2.0, commands=10),
    ledger=ledger.Fleet(environments=5, days=7),
)  # fmt: skip


def measure(size: Size) -> list[Row]:
    """Measure everything and return the rows."""
    with rigged(plainly=size.plainly) as rig:
        time.sleep(size.idle)
        idle = resident_megabytes(rig.pid)
        together = asyncio.run(beside(rig, size.commands, size.block, Shape(together=True)))
        evenly = asyncio.run(beside(rig, size.even, size.block, Shape()))
        after = resident_megabytes(rig.pid)
        besieged = besiege(rig, size.siege)
        shown = first_messages(rig, size.restarts)
        again = [_stop_and_start(rig) for _ in range(size.starts)]
    return [
        *_acknowledged(together, evenly),
        *_besieged(besieged),
        *_written(size.writing),
        *_accounted(size.ledger),
        Row(
            "memory of `serve`: after the load / idle", f"{after / idle:.2f}", f"{after:.0f} / {idle:.0f} MiB"
        ),
        Row("command to first visible message, p50", "", f"{quantile(shown, 0.5):.0f} ms of {len(shown)}"),
        Row("command to first visible message, p95", "", f"{quantile(shown, 0.95):.0f} ms"),
        Row("SIGTERM to its end, slowest", "", f"{max(e for e, _ in again):.2f} s of {len(again)}", "< 8 s"),
        Row("start to ready, p50", "", f"{quantile([s for _, s in again], 0.5):.2f} s of {len(again)}"),
        *measure_answers(size),
        *_decided(decide(size.decided, tries=size.tries)),
        *_stopped(Simulation(Fleet(size.fleet)).run()),
        *_held(hold(size.evening, plainly=size.plainly)),
    ]


def measure_door(size: Size) -> list[Row]:
    """Return only the rows of the besieged HTTP port; takes about two minutes."""
    with rigged(plainly=size.plainly) as rig:
        return _besieged(besiege(rig, size.siege))


def measure_answers(size: Size) -> list[Row]:
    """Return only the rows of ``flush`` and ``why``; takes a few seconds."""
    return [*_flushed(flush(size.keys)), _explained(explain(size.explained, tries=size.tries))]


def _flushed(flushed: Flushed) -> list[Row]:
    what = f"flush, {flushed.matching:,} of {flushed.keys:,} keys"
    each = {"deleted": (flushed.deleting, "≤ 1"), "counted and deleted": (flushed.ours, "")}
    rows = []
    for name, (seconds, aim) in each.items():
        if flushed.typed is None:
            rows.append(
                Row(f"{what}: {name}", "", f"{1e3 * seconds:.0f} ms; there is no `redis-cli` here", aim)
            )
            continue
        figure = f"{1e3 * seconds:.0f} / {1e3 * flushed.typed:.0f} ms"
        rows.append(Row(f"{what}: {name} / by `redis-cli`", f"{seconds / flushed.typed:.2f}", figure, aim))
    return rows


def _explained(explained: Explained) -> Row:
    what = "`/env why` of a failing service, beside the calls to AWS / counting to 20 million"
    slowest = f"slowest {1e3 * explained.slowest:.0f} ms"
    return Row(what, f"{explained.taken.ratio:.2g}", f"{explained.taken}, {slowest}", "< 3 s")


def _besieged(found: Besieged) -> list[Row]:
    siege = found.siege
    amid = f"beside {siege.silent} silent connections and {siege.rate:.0f} unsigned megabytes a second"
    ratios = [
        Row(
            f"command to 200, {amid}: {name}, beside them / before",
            f"{quantile(found.amid, part) / quantile(found.calm, part):.2f}",
            f"{quantile(found.amid, part):.1f} / {quantile(found.calm, part):.1f} ms of {len(found.amid)}",
            aim,
        )
        for name, part, aim in (("p50", 0.5, ""), ("p99", 0.99, "< 250 ms"))
    ]
    health = f"{quantile(found.health, 0.99):.1f} ms of {len(found.health)}"
    refused, answered, opened = found.said
    told = f"{refused} / {answered}; {opened} silent connections were closed and opened again"
    return [
        *ratios,
        Row("`/healthz` beside them, p99", "", health, "< 1 s"),
        Row("unsigned megabytes refused / answered", f"{refused / answered:.2f}", told, "1.00"),
    ]


def _decided(decided: Decided) -> list[Row]:
    what = f"deciding {decided.environments:,} environments / counting to 20 million"
    each = {
        "a clock that begins anew": (decided.cold, "≤ 1"),
        "after a week that nobody settled": (decided.unsettled, ""),
        "a beat with nothing due": (decided.idle, "≤ 0.1"),
        "the beat that looks at all again": (decided.again, "≤ 1"),
        "every row from its text": (decided.texts, "≤ 1"),
        "every row once more": (decided.asked, "≤ 0.1"),
    }
    return [Row(f"{what}: {name}", f"{t.ratio:.2g}", str(t), aim) for name, (t, aim) in each.items()]


def _stopped(down: Down) -> list[Row]:
    fleet = down.fleet
    figure = f"{down.seconds:,.0f} s; allowed: {down.arithmetic}"
    what = f"simulated: {fleet.environments} environments x {fleet.services} services stopped / ECS's limit"
    calls = f"{down.throttled} by AWS, {len(down.complaints)} messages, {down.sent['UpdateService']:,} counts"
    return [
        Row(what, f"{down.ratio:.2f}", figure, "≤ 1.15"),
        Row("simulated: calls that were throttled, messages that speak of it", "", calls, "0, 0"),
    ]


def _held(held: Held) -> list[Row]:
    evening, watched, slowest = held.evening, held.watched, max(held.watched.began)
    over = f"real time, {evening.seconds:.0f} s of {evening.environments} x {evening.services}"
    counts = f"{watched.counts} / {held.allowed:.0f}"
    began = f"{slowest:.1f} s of {len(watched.began)}"
    acknowledged = f"{quantile(held.acknowledged, 0.99):.0f} ms of {len(held.acknowledged)}"
    cores = (
        f"{watched.serve / watched.seconds:.2f} / {watched.world / watched.seconds:.2f} of {os.cpu_count()}"
    )
    each = f"{1_000 * watched.serve / watched.counts:.0f} ms"
    return [
        Row(f"{over}: counts set / allowed", f"{held.ratio:.2f}", counts),
        Row(f"{over}: cores taken, bot / playground", f"{watched.serve / watched.world:.2f}", cores),
        Row(f"{over}: processor time of `serve` for each count set", "", each),
        Row(f"{over}: command to 200, p99", "", acknowledged, "< 1 s"),
        Row(f"{over}: a restart to its call, slowest", "", began, "< 5 s"),
        Row(f"{over}: most memory of `serve`", "", f"{watched.resident:.0f} MiB", "< 250 MB"),
    ]


def _acknowledged(together: Beside, evenly: Beside) -> list[Row]:
    sent = len(together.bot)
    return [
        _ratio("command to 200, 20 at once, 50 a second: p50, bot / bare", together, 0.5, "≤ 1.5"),
        _ratio("command to 200, 20 at once, 50 a second: p99, bot / bare", together, 0.99, "≤ 4, < 250 ms"),
        _ratio("command to 200, evenly, 50 a second: p50, bot / bare", evenly, 0.5, ""),
        _ratio("command to 200, evenly, 50 a second: p99, bot / bare", evenly, 0.99, ""),
        Row(
            "commands answered / sent",
            f"{together.answered / sent:.2f}",
            f"{together.answered} / {sent}",
            "1.00",
        ),
    ]


def _ratio(what: str, both: Beside, part: float, aim: str) -> Row:
    figure = f"{quantile(both.bot, part):.1f} / {quantile(both.bare, part):.1f} ms"
    return Row(what, f"{both.ratio(part):.2f}", figure, aim)


def _written(seconds: float) -> list[Row]:
    sqlite, postgresql = audit.on_sqlite(seconds), audit.on_postgresql(seconds)
    each = {"SQLite": sqlite, "PostgreSQL": postgresql}
    speeds = f"{postgresql.per_second:.0f} / {sqlite.per_second:.0f}"
    ratio = f"{postgresql.per_second / sqlite.per_second:.2f}"
    return [
        Row("audit entries a second, 20 writers: PostgreSQL / SQLite", ratio, speeds),
        *(Row(f"`verify` afterwards, {name}", "", _verdict(w), "clean") for name, w in each.items()),
    ]


def _accounted(fleet: ledger.Fleet) -> list[Row]:
    kept = ledger.on_postgresql(fleet), ledger.on_sqlite(fleet)
    of = f"{fleet.environments} environments x {fleet.services} services"
    each: tuple[tuple[str, str, Callable[[ledger.Kept], float], str], ...] = (
        (f"costs of {of}, {fleet.days} days, read", "ms", lambda k: 1e3 * k.totals, "< 1,000 ms"),
        ("the same, each day apart", "ms", lambda k: 1e3 * k.sums, "< 1,000 ms"),
        ("`/env cost` of them all, answered", "ms", lambda k: 1e3 * k.cost, "< 1,000 ms"),
        ("a page of `/env list` of them, answered", "ms", lambda k: 1e3 * k.page, "< 1,000 ms"),
        ("`/env digest` of them all, answered", "ms", lambda k: 1e3 * k.digest, "< 5,000 ms"),
        ("tasks of one environment and day, read", "ms", lambda k: 1e3 * k.day, ""),
        ("costs of one environment and year, kept", "MB", lambda k: k.a_year / 1e6, ""),
        ("tasks of one environment and day, until pruned", "kB", lambda k: k.spans / 1e3, ""),
    )
    rows = []
    for what, unit, measured, aim in each:
        one, other = map(measured, kept)
        figure = f"{one:,.1f} / {other:,.1f} {unit}"
        rows.append(Row(f"{what}: PostgreSQL / SQLite", f"{one / other:.2f}", figure, aim))
    return rows


def _verdict(written: audit.Written) -> str:
    return f"{written.entries} entries, {'; '.join(written.faults) or 'clean'}"


def _stop_and_start(rig: Rig) -> tuple[float, float]:
    """Stop and start the bot; return the seconds that each took."""
    ended = rig.control.post("/bot", {"signal": "TERM"})
    assert ended["exit_code"] == 0, ended
    return float(ended["seconds"]), float(rig.control.post("/bot", {"start": True})["seconds"])
