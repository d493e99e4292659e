"""``lamplighter serve``: what it refuses to start with, and how it starts and ends."""

from __future__ import annotations

import json
import socket
import sqlite3
import urllib.error
import urllib.request
from functools import partial
from pathlib import Path

import pytest

from bot.db.database import database
from bot.db.engine import parse, sqlite_path
from bot.db.migrate import migrate
from playground.slack.cast import BOT_TOKEN
from tests.bot.cli.conftest import EXAMPLE, Console
from tests.bot.cli.machine import Machine, kill
from tests.bot.db.aging import EVER
from tests.bot.db.tampering import scalars
from tests.contracts.values import claim
from tests.golden import Golden
from tests.scenarios.control import Control
from tests.waiting import PATIENCE, until


def page(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


def ready(port: int) -> bool:
    return page(port, "/readyz")[0] == 200


def test_serve_names_missing_settings(sqlite_console: Console, golden: Golden) -> None:
    said = sqlite_console("serve")
    assert said.code == 1
    assert said.err.strip() == golden


@pytest.mark.parametrize(
    ("given", "named"),
    [
        (
            {"LAMPLIGHTER_SLACK_TRANSPORT": "http", "LAMPLIGHTER_SLACK_BOT_TOKEN": "xoxb-test"},
            "LAMPLIGHTER_SLACK_SIGNING_SECRET;",
        ),
        ({"LAMPLIGHTER_SLACK_API_URL": "http://127.0.0.1:1/api/"}, "not so: AWS"),
        ({"LAMPLIGHTER_CLOCK_URL": "http://127.0.0.1:1/clock"}, "not so: Slack, AWS"),
        ({"LAMPLIGHTER_AWS_ENDPOINT_URL": "http://10.0.0.1:4566"}, "not so: Slack, AWS"),
        ({"LAMPLIGHTER_SLACK_BOT_TOKEN_FILE": "/nowhere/token"}, "/nowhere/token"),
    ],
)
def test_serve_refuses_settings_that_cannot_be_meant(
    sqlite_console: Console, given: dict[str, str], named: str
) -> None:
    said = sqlite_console("serve", **given)
    assert said.code == 1
    assert said.err.startswith("settings: ")
    assert named in said.err


@pytest.fixture
def machine(tmp_path: Path, empty_sqlite_url: str, control: Control) -> Machine:
    return Machine(tmp_path, empty_sqlite_url, control)


@pytest.mark.parametrize("transport", ["socket", "http"])
def test_serve_starts_from_nothing_with_a_mounted_catalog_and_ends_when_told(
    machine: Machine, transport: str
) -> None:
    machine.transport = transport
    token, log = machine.folder / "token", machine.folder / "serve.log"
    token.write_text(f"{BOT_TOKEN}\n")
    process = machine.start(
        "serve",
        "--migrate",
        log=log,
        plainly=transport == "socket",
        LAMPLIGHTER_SLACK_BOT_TOKEN="",
        LAMPLIGHTER_SLACK_BOT_TOKEN_FILE=str(token),
        LAMPLIGHTER_CATALOG_FILE=str(EXAMPLE),
    )
    try:
        until("it is ready", partial(ready, machine.port), why=log.read_text)
        assert page(machine.port, "/healthz")[0] == 200
        assert "lamplighter_last_beat_timestamp_seconds" in page(machine.port, "/metrics")[1]
        process.terminate()
        assert process.wait(PATIENCE) == 0
    finally:
        kill(process)
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [line["event"] for line in lines if line["event"] in ("serving", "stopped")] == [
        "serving",
        "stopped",
    ]
    assert [line["seq"] for line in lines if line["event"] == "audit"] == [1, 2]
    assert BOT_TOKEN not in log.read_text()


def test_serve_is_not_ready_while_the_database_is_locked_or_garbage_and_says_so(
    machine: Machine, empty_sqlite_url: str
) -> None:
    log, file = machine.folder / "serve.log", sqlite_path(parse(empty_sqlite_url))
    process = machine.start("serve", "--migrate", log=log, LAMPLIGHTER_CATALOG_FILE=str(EXAMPLE))

    def told(words: str) -> bool:
        status, said = page(machine.port, "/readyz")
        return status == 503 and words in said

    try:
        until("it is ready", partial(ready, machine.port), why=log.read_text)
        holding = sqlite3.connect(file, isolation_level=None)
        holding.execute("BEGIN EXCLUSIVE")
        until("the lock is told", partial(told, "locked"))
        assert page(machine.port, "/healthz")[0] == 200
        holding.close()
        until("it is ready again", partial(ready, machine.port))
        file.write_bytes(b"garbage " * 10_000)
        until("the damage is told", partial(told, "damaged"))
        assert page(machine.port, "/healthz")[0] == 200
    finally:
        kill(process)


def test_serve_removes_old_rows_while_running(machine: Machine, empty_sqlite_url: str) -> None:
    """The log says how many rows of each kind were removed. It takes half a minute until the first sweep, so
    the process has no environment to look at meanwhile, and seldom looks whether anything is due.
    """
    migrate(empty_sqlite_url)
    db = database(empty_sqlite_url, holder="test", lease_seconds=30)
    db.book.claims.record([claim(instant=EVER, at=EVER, state="skipped")])
    db.dispose()
    log = machine.folder / "serve.log"
    process = machine.start("serve", log=log, LAMPLIGHTER_TICK_SECONDS="30")
    try:
        line = until("it is removed", lambda: _pruned(log), why=log.read_text)
        assert line["claims"] == 1
        assert scalars(empty_sqlite_url, "SELECT count(*) FROM claims") == [0]
    finally:
        kill(process)


def _pruned(log: Path) -> dict[str, object] | None:
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    return next((line for line in lines if line["event"] == "pruned"), None)


def test_a_mounted_catalog_with_a_mistake_prevents_the_start(machine: Machine) -> None:
    wrong = machine.folder / "wrong.yaml"
    wrong.write_text(EXAMPLE.read_text().replace("tier: production", "tier: prod"))
    said = machine.run_process("serve", "--migrate", LAMPLIGHTER_CATALOG_FILE=str(wrong))
    assert said.code == 1
    assert "environments.production.tier" in said.err


def test_a_port_that_is_taken_is_named(machine: Machine, golden: Golden) -> None:
    with socket.create_server(("127.0.0.1", machine.port)):
        said = machine.run_process("serve", "--migrate")
    assert said.code == 1
    [told] = [line for line in said.err.splitlines() if f"127.0.0.1:{machine.port}" in line]
    assert told.replace(str(machine.port), "4000") == golden


def test_two_replicas_that_start_together_apply_the_mounted_catalog_once(
    tmp_path: Path, empty_postgres_url: str, control: Control
) -> None:
    replicas = [Machine(tmp_path, empty_postgres_url, control) for _ in range(2)]
    logs = [tmp_path / f"replica-{number}.log" for number in range(2)]
    running = [
        replica.start("serve", "--migrate", log=log, LAMPLIGHTER_CATALOG_FILE=str(EXAMPLE))
        for replica, log in zip(replicas, logs, strict=True)
    ]
    try:
        for replica, log in zip(replicas, logs, strict=True):
            until("a replica is ready", partial(ready, replica.port), why=log.read_text)
        kinds = [json.loads(line)["kind"] for line in replicas[0].run("audit", "export").out.splitlines()]
        assert kinds.count("started") == 1
        assert kinds.count("closed") == 1
        for process in running:
            process.terminate()
        assert [process.wait(PATIENCE) for process in running] == [0, 0]
    finally:
        for process in running:
            kill(process)
