"""``lamplighter recover``: what the log says was saved, the question, and what a broken line does."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.bootstrap import open_database
from bot.cli.recover import EVENT, read_log
from bot.db.database import Database, database
from bot.logging_setup import set_up
from bot.settings import Settings
from handlers.ports.store import AuditQuery
from policies.capacity.facts import Capacity, GroupFacts, SavedCapacity, ScalingFacts, Suspended
from policies.capacity.saved_values import saved_log, saved_text, saved_values
from policies.secrets.redaction import redact_all
from policies.secrets.shapes import MARK
from tests.bot.cli.conftest import THREE, Console, few_environments
from tests.bot.cli.pages import ME, lines, page
from tests.golden import Golden

AT = datetime(2031, 5, 3, 19, 4, tzinfo=UTC)
SAVED = SavedCapacity(
    {"web": Capacity(3, ScalingFacts(2, 6, Suspended(scheduled=True))), "orders-api": Capacity(2)},
    {"orders-db": "available"},
    "260301190400-0a1b2c3d4e",
    AT,
)
LATER = SavedCapacity({"web": Capacity(5)}, {}, "260302190400-0a1b2c3d4e", AT)


def line(environment: Any, saved: SavedCapacity | None = None, **changed: Any) -> str:
    body = saved_values(saved) if saved else {}
    said = {"environment": environment, **body, "event": "saved capacity", "level": "info", **changed}
    return json.dumps(said) + "\n"


@contextmanager
def store(console: Console) -> Iterator[Database]:
    db = database(console.url, holder="test", lease_seconds=30)
    try:
        yield db
    finally:
        db.dispose()


@pytest.fixture
def applied(console: Console, tmp_path: Path) -> Console:
    """A console with a catalog that allows this user to recover."""
    file = few_environments(tmp_path / "catalog.yaml", THREE[:1])
    file.write_text(file.read_text() + f'- {{ console: {ME}, role: admin, environment: "*" }}\n')
    said = console("apply", "--yes", str(file))
    assert said.code == 0, said
    return console


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "bot.log"
    path.write_text(line("staging", SAVED))
    return path


def test_saved_capacity_is_shown_confirmed_put_back_and_recorded(
    applied: Console, log: Path, golden: Golden
) -> None:
    said = applied("recover", str(log), answer="y\n")
    assert said.code == 0, said
    assert page(said.out) == golden(name="said")
    with store(applied) as db:
        assert db.book.capacities.find("staging") == SAVED
        closed, started = db.audit.entries(AuditQuery(limit=2))
        assert (started.entry.operation, started.entry.actor) == ("recover", f"console:{ME}")
        assert (closed.entry.kind, closed.entry.outcome) == ("closed", "succeeded")


@pytest.mark.parametrize("answer", ["n\n", ""])
def test_without_a_yes_nothing_is_put_back(applied: Console, log: Path, answer: str) -> None:
    said = applied("recover", str(log), answer=answer)
    assert said.code == 1
    with store(applied) as db:
        assert db.book.capacities.stopped() == frozenset()


def test_a_second_recovery_has_nothing_to_put_back(applied: Console, log: Path, golden: Golden) -> None:
    assert applied("recover", "--yes", str(log)).code == 0
    log.write_text(line("staging", LATER))
    said = applied("recover", "--yes", str(log))
    assert said.code == 0
    assert page(said.out) == golden(name="said")
    with store(applied) as db:
        assert db.book.capacities.find("staging") == SAVED


def test_a_broken_line_and_a_strange_environment_are_named(
    applied: Console, log: Path, golden: Golden
) -> None:
    log.write_text(line("gone", LATER) + line("dev-alex", SAVED, services=["web"]) + line("staging", SAVED))
    said = applied("recover", "--yes", str(log))
    assert said.code == 0, said
    [broken] = lines(said.err, "line 2")
    assert broken.startswith("bot.log: ") and "dev-alex" in broken
    assert lines(said.out, "gone") == golden(name="said")
    with store(applied) as db:
        assert db.book.capacities.stopped() == {"staging"}


def test_a_file_that_is_not_there_is_named(sqlite_console: Console) -> None:
    said = sqlite_console("recover", "/nowhere/bot.log")
    assert (said.code, "/nowhere/bot.log: " in said.err) == (1, True)


def test_a_user_without_the_right_is_refused(sqlite_console: Console, log: Path, tmp_path: Path) -> None:
    sqlite_console("apply", "--yes", str(few_environments(tmp_path / "catalog.yaml")))
    said = sqlite_console("recover", "--yes", str(log))
    assert (said.code, f"`{ME}`" in said.out) == (1, True)
    with store(sqlite_console) as db:
        [refused] = db.audit.entries(AuditQuery(limit=1))
        assert (refused.entry.kind, refused.entry.operation) == ("refused", "recover")
        assert db.book.capacities.stopped() == frozenset()


def test_the_gate_passes_every_part_of_what_the_store_keeps() -> None:
    every = replace(SAVED, groups={"capacity": GroupFacts(1, 9, 4)}, groups_taken=frozenset({"b", "a"}))
    unset = SavedCapacity()
    assert not [f.name for f in fields(every) if getattr(every, f.name) == getattr(unset, f.name)]
    assert json.loads(saved_text({"staging": every})) == {"staging": saved_values(every)}
    assert saved_log(saved_text({"staging": every})) == {"staging": every}
    assert read_log([line("staging", every)]) == ({"staging": every}, [])


# the log


def test_the_log_hides_nothing_of_a_service_that_is_named_like_a_secret() -> None:
    named = replace(SAVED, services={"token-issuer": Capacity(2)}, databases={"password-reset": "available"})
    hidden = redact_all({"event": EVENT, "environment": "staging", **saved_values(named)})
    assert read_log([json.dumps(hidden)]) == ({"staging": named}, [])


def test_later_lines_win_and_what_was_forgotten_stays_forgotten() -> None:
    lines = [
        line("staging", SAVED),
        line("qa-eu", SAVED),
        line("staging", LATER),
        line("qa-eu"),
        line("pr-7"),
        line("pr-7", SAVED),
    ]
    assert read_log(lines) == ({"staging": LATER, "pr-7": SAVED}, [])


def test_other_lines_are_skipped() -> None:
    lines = [
        "\n",
        "Starting.\n",
        "  File {x}\n",
        "[1, 2]\n",
        '{"event": "audit", "seq": 1}\n',
        f"2031-05-03T19:04:00Z bot-1 | {line('staging', SAVED)}",
    ]
    assert read_log(lines) == ({"staging": SAVED}, [])


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("cut off", line("staging", SAVED)[:60]),
        ("cut off", '… 12 {"event": "saved capacity", "env'),
        ("no name", line("", SAVED)),
        ("no name", line(7, SAVED)),
        ("hidden", line("staging", SAVED, databases=[["orders-db", MARK]])),
        ("no zone", line("staging", SAVED, saved_at="2031-05-03T19:04:00")),
        ("no capacity", line("staging", SAVED, saved_at="tonight")),
        ("no stop's", line("staging", SAVED, stop_id=None)),
        ("no stop's", line("staging", SAVED, services=[["web", {"desired": -1, "scaling": None}]])),
        ("no capacity", line("staging", SAVED, services=[["web", {"desired": 2}]])),
        ("no capacity", line("staging", None, stop_id="op-1")),
    ],
)
def test_a_broken_line_is_named_and_skipped(kind: str, text: str, golden: Golden) -> None:
    found, (told,) = read_log([line("qa-eu", LATER), text])
    assert found == {"qa-eu": LATER}
    assert told.startswith("line 2 ")
    assert ": ".join(told.split(": ")[:3]) == golden(name=kind), "what Python says of it varies"


def test_the_command_reads_what_the_bot_logs(sqlite_url: str) -> None:
    written = io.StringIO()
    set_up("warning", stream=written)
    db = open_database(Settings.model_validate({"database_url": sqlite_url}))
    try:
        db.book.capacities.write("staging", SAVED)
        db.book.capacities.write("qa-eu", LATER)
        db.book.capacities.forget("qa-eu")
    finally:
        db.dispose()
    logging.getLogger().handlers = []
    assert read_log(written.getvalue().splitlines()) == ({"staging": SAVED}, [])
