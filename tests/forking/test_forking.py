"""A fork behaves like a process that a user starts: both are compared by what they see and leave behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import pytest

from tests.forking import ending
from tests.forking.starting import CLEAN, POSSIBLE, SOURCES, Forked, ForkServer, bots
from tests.waiting import PATIENCE, in_time, until

pytestmark = pytest.mark.skipif(not POSSIBLE, reason="no forks here: everything is started plainly")
NOT_ALIKE = "not alike"


@pytest.fixture
def server() -> ForkServer:
    return bots()


def forked(server: ForkServer, words: Sequence[str], said: Path, **variables: str) -> Forked:
    with Path(os.devnull).open("rb") as nothing, said.open("ab") as log:
        environment = {**CLEAN, "HOME": server.home, **variables}
        return server.start(words, environment, SOURCES, (nothing, log, log))


def started(
    server: ForkServer, words: Sequence[str], said: Path, **variables: str
) -> subprocess.Popen[bytes]:
    """Start a process as the playground itself does."""
    with said.open("ab") as log:
        return subprocess.Popen(
            [sys.executable, *words], cwd=SOURCES, env={**CLEAN, "HOME": server.home, **variables},
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip


def waits(server: ForkServer) -> tuple[Forked, IO[bytes]]:
    """Start a process that runs until it is killed; return it and its output, which ends with it."""
    read, write = os.pipe()
    with Path(os.devnull).open("rb") as nothing, os.fdopen(write, "wb") as writing:
        environment = {**CLEAN, "HOME": server.home}
        words = ["-m", "tests.forking.ending", "waits"]
        process = server.start(words, environment, SOURCES, (nothing, writing, writing))
    reading = os.fdopen(read, "rb")
    assert reading.readline() == b"waits\n"
    return process, reading


def test_a_fork_sees_what_a_plainly_started_process_sees(server: ForkServer, tmp_path: Path) -> None:
    seen: list[dict[str, Any]] = []
    for start in (started, forked):
        words = ["-m", "tests.forking.reporting", str(tmp_path / "report")]
        process = start(server, words, tmp_path / "said", LAMPLIGHTER_LOG_LEVEL="debug", TZ="Asia/Kolkata")
        assert process.wait(PATIENCE) == 0, (tmp_path / "said").read_text()
        seen.append(json.loads((tmp_path / "report").read_text()))
        assert seen[-1].pop(NOT_ALIKE)[0] == process.pid
    assert seen[1] == seen[0]
    assert set(seen[1]["files"]) == {"0", "1", "2"}
    assert "LAMPLIGHTER_LOG_LEVEL=debug" in seen[1]["inherited by what it starts"]
    assert (tmp_path / "said").read_text() == ""


@pytest.mark.parametrize("how", ending.HOWS)
def test_a_fork_ends_as_a_plainly_started_process_ends(server: ForkServer, tmp_path: Path, how: str) -> None:
    left: list[tuple[int, list[str]]] = []
    for start in (started, forked):
        said = tmp_path / start.__name__
        process = start(server, ["-m", "tests.forking.ending", how], said)
        until(f"it {how}", lambda said=said: said.read_text())  # type: ignore[misc]
        if how in ("is killed", "is terminated"):
            os.kill(process.pid, signal.SIGKILL if how == "is killed" else signal.SIGTERM)
        left.append(
            (process.wait(PATIENCE), [line for line in said.read_text().splitlines() if line[0] > " "])
        )
    assert left[1] == left[0]
    assert left[1][0] == int(ending.HOWS[how])


def test_two_forks_draw_different_random_numbers(server: ForkServer, tmp_path: Path) -> None:
    drawn = []
    for _ in range(2):
        forked(server, ["-m", "tests.forking.reporting", str(tmp_path / "report")], tmp_path / "said").wait()
        drawn.append(json.loads((tmp_path / "report").read_text())[NOT_ALIKE])
    assert drawn[0] != drawn[1] and drawn[0][1] != drawn[1][1]


def test_a_variable_that_was_read_at_import_cannot_be_changed(server: ForkServer, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="read at import, with another value: HOME"):
        forked(server, ["-m", "tests.forking.ending", "ends"], tmp_path / "said", HOME="/elsewhere")


def test_a_fork_does_not_survive_its_client(server: ForkServer) -> None:
    process, written = waits(server)
    with written:
        process.forget()
        assert in_time(written.read) == b"", "killed, and not ended by itself"


def test_a_fork_does_not_survive_its_server() -> None:
    server = ForkServer((), CLEAN)
    process, written = waits(server)
    with written:
        server.end()
        assert in_time(written.read) == b""
    assert process.wait(PATIENCE) == -signal.SIGKILL


def test_a_fork_does_not_survive_its_server_if_that_is_killed() -> None:
    server = ForkServer((), CLEAN)
    process, written = waits(server)
    with written:
        os.kill(server.pid, signal.SIGKILL)
        assert in_time(written.read) == b""
    assert process.wait(PATIENCE) == -signal.SIGKILL
    server.end()


def test_the_process_that_forks_has_one_thread(server: ForkServer) -> None:
    assert len([*Path(f"/proc/{server.pid}/task").iterdir()]) == 1
