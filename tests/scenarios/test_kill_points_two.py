"""Two bots on one PostgreSQL: operations act once, and each takes over from the other."""

from __future__ import annotations

import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from playground.bot_process import free_port
from tests.scenarios.killing import PATIENT, RESTART, SHORT, begin_anew, record_of, rows_of, told_to_its_end
from tests.scenarios.process import SOURCES
from tests.scenarios.stage import DEV, Stage, kinds_of
from tests.scenarios.world import WAITING

POSTGRESQL = pytest.mark.only("postgresql")


@pytest.fixture
def lease() -> dict[str, str]:
    return SHORT


@pytest.fixture
def second(stage: Stage, tmp_path: Path, lease: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Another bot with the variables of the playground's own, but for its port. Slack's requests go to the
    first alone; the second has the clock, the database and AWS."""
    begin_anew(stage, env=lease)
    port = free_port()
    variables = {**_variables_of(stage.control.get("")["bot"]["pid"]), "LAMPLIGHTER_HTTP_PORT": str(port)}
    with (tmp_path / "second.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "serve"], cwd=SOURCES, env=variables, stdin=subprocess.DEVNULL,
            stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    try:
        stage.until("the second bot is ready", lambda: _ready(port))
        yield process
    finally:
        process.kill()
        process.wait()


@POSTGRESQL
@pytest.mark.parametrize("lease", [PATIENT], ids=["patient"])
def test_two_bots_side_by_side_act_once(stage: Stage, second: subprocess.Popen[bytes]) -> None:
    places = [stage.environment() for _ in range(6)]
    for place in places:
        stage.types(DEV, RESTART.format(place))
    for place in places:
        entry = stage.closed(place)
        assert (entry.outcome, stage.world.deploys(place)) == ("succeeded", 1), entry
        assert kinds_of(stage.audit(place)) == ["started", "closed"]
        told_to_its_end(stage, entry)
    assert stage.evidence.faults() == ()
    assert second.poll() is None


@POSTGRESQL
def test_the_second_takes_over_when_the_first_is_killed(
    stage: Stage, second: subprocess.Popen[bytes]
) -> None:
    place = stage.environment(WAITING)
    stage.types(DEV, RESTART.format(place))
    stage.until("it is deployed", lambda: stage.world.deploys(place) == 1)
    stage.control.post("/bot", {"signal": "KILL"})
    stage.until("the other holds it", lambda: _fence(stage, place) == 2)
    stage.bring_on(place)
    entry = stage.closed(place)
    assert (entry.outcome, stage.world.deploys(place)) == ("succeeded", 1)
    assert kinds_of(stage.audit(place)) == ["started", "closed"]
    told_to_its_end(stage, entry)
    stage.control.post("/bot", {"start": True})


@POSTGRESQL
def test_a_bot_that_was_paused_longer_than_its_lease_finds_its_operation_taken(
    stage: Stage, second: subprocess.Popen[bytes]
) -> None:
    """SIGSTOP in mid-operation; when it runs again, the fence keeps it from writing anything."""
    place = stage.environment(WAITING)
    stage.types(DEV, RESTART.format(place))
    stage.until("it is deployed", lambda: stage.world.deploys(place) == 1)
    stage.control.post("/bot", {"signal": "STOP"})
    stage.until("the other holds it", lambda: _fence(stage, place) == 2)
    stage.control.post("/bot", {"signal": "CONT"})
    stage.bring_on(place)
    entry = stage.closed(place)
    assert (entry.outcome, stage.world.deploys(place)) == ("succeeded", 1)
    assert kinds_of(stage.audit(place)) == ["started", "closed"]
    told_to_its_end(stage, entry)
    assert stage.evidence.faults() == ()


def _variables_of(pid: int) -> dict[str, str]:
    pairs = Path(f"/proc/{pid}/environ").read_text().split("\0")
    return dict(pair.split("=", 1) for pair in pairs if pair)


def _fence(stage: Stage, environment: str) -> int:
    with rows_of(stage) as rows:
        found = record_of(rows, environment)
    return found.fence if found else 0


def _ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
