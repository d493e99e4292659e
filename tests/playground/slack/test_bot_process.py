from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from playground.bot_environment import BotSetup, environment, parse_extra
from playground.bot_process import BotFailed, BotProcess, free_port
from playground.bot_start import SOURCES, ByItself
from playground.control import without_password
from tests.golden import Golden
from tests.waiting import PATIENCE, in_time

FAKE_BOT = """
import os, signal, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
print("started as", *sys.argv[1:], flush=True)
if os.environ.get("BROKEN"):
    print("no catalog, no bot", flush=True)
    sys.exit(3)
class Ready(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/readyz" else 404)
        self.end_headers()
    def log_message(self, *words): pass
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
HTTPServer(("127.0.0.1", int(os.environ["LAMPLIGHTER_HTTP_PORT"])), Ready).serve_forever()
"""


@pytest.fixture
def setup(tmp_path: Path) -> BotSetup:
    return BotSetup(tmp_path, "http", free_port(), "sqlite://", tick=0.2)


@pytest.fixture
def bot(setup: BotSetup, tmp_path: Path) -> BotProcess:
    script = tmp_path / "fake_bot.py"
    script.write_text(FAKE_BOT)
    starts = ByItself((sys.executable, str(script)))
    return BotProcess(setup.port, tmp_path / "bot.log", lambda: None, starts=starts)


def test_a_bot_is_killed_and_started_again_on_the_same_port(bot: BotProcess, setup: BotSetup) -> None:
    built = environment(setup, "http://127.0.0.1:1", None)

    async def play() -> None:
        first = await bot.start(built, migrate=True)
        killed = await bot.signal("KILL")
        assert killed["exit_code"] == -signal.SIGKILL and killed["pid"] == first["pid"]
        assert bot.shown()["pid"] is None and bot.shown()["state"] == "ended"
        second = await bot.start(built)
        assert second["pid"] != first["pid"] and bot.shown()["state"] == "ready"
        with pytest.raises(BotFailed, match="running already"):
            await bot.start(built)
        assert (await bot.signal("TERM"))["exit_code"] == 0
        assert bot.tail().splitlines() == [f"started as {words}" for words in ("serve --migrate", "serve")]
        await bot.end()

    asyncio.run(play())


def test_a_bot_that_ends_early_is_reported_with_its_last_words(bot: BotProcess, setup: BotSetup) -> None:
    built = environment(setup, "http://127.0.0.1:1", None)

    async def play() -> None:
        with pytest.raises(BotFailed, match=r"exit code 3\n.*\nno catalog"):
            await bot.start({**built, "BROKEN": "1"})
        await bot.end()

    asyncio.run(play())


def test_a_start_need_not_be_waited_for(bot: BotProcess, setup: BotSetup) -> None:
    async def play() -> None:
        await bot.start(environment(setup, "http://127.0.0.1:1", None), wait=False)
        assert bot.state == "starting" and bot.pid is not None
        while bot.state == "starting":
            await asyncio.sleep(0.02)
        assert bot.state == "ready"
        await bot.end()

    asyncio.run(asyncio.wait_for(play(), PATIENCE))


def test_a_suspended_bot_can_still_be_ended(bot: BotProcess, setup: BotSetup) -> None:
    async def play() -> None:
        await bot.start(environment(setup, "http://127.0.0.1:1", None))
        await bot.signal("STOP")
        await bot.end()
        assert bot.pid is None

    asyncio.run(play())


def test_the_environment_inherits_nothing(setup: BotSetup, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "SLACK_CLIENT_ID", "HTTPS_PROXY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "from outside")

    built = environment(setup, "http://127.0.0.1:3000", "http://127.0.0.1:4000")

    assert "from outside" not in built.values()
    assert built["LAMPLIGHTER_SLACK_API_URL"] == "http://127.0.0.1:3000/api/"
    assert built["LAMPLIGHTER_AWS_ENDPOINT_URL"] == "http://127.0.0.1:4000"
    assert not Path(built["AWS_CONFIG_FILE"]).exists() and built["LAMPLIGHTER_TICK_SECONDS"] == "0.2"


@pytest.mark.parametrize(
    "value", ["xoxb-" + "1" * 12 + "-2-ab", "xapp-1-" + "A0123456789-1-ab", "AKIA" + "Q" * 16]
)
def test_a_secret_that_looks_real_is_refused_and_not_repeated(value: str) -> None:
    with pytest.raises(ValueError, match="TOKEN ") as refused:
        parse_extra([f"TOKEN={value}"])

    assert value not in str(refused.value)
    assert parse_extra(["A=b=c"]) == {"A": "b=c"}


def test_a_database_password_is_not_shown() -> None:
    assert without_password("postgresql://lamp:secret@127.0.0.1:5/x") == "postgresql://lamp:***@127.0.0.1:5/x"
    assert without_password("sqlite:////tmp/x.db") == "sqlite:////tmp/x.db"


@contextmanager
def start(*options: str) -> Iterator[subprocess.Popen[str]]:
    """Start a playground, and kill what is left of it. The signals do what they do by default, also where the
    tests themselves ignore one, as under nohup.
    """
    command = [sys.executable, "-m", "playground", "--no-world", "--no-bot", *options]
    ignored = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    try:
        process = subprocess.Popen(
            command,
            cwd=SOURCES,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(os.environ),
        )
    finally:
        signal.signal(signal.SIGHUP, ignored)
    with process:
        try:
            yield process
        finally:
            process.kill()


STARTER = """
import asyncio, sys
from playground.bot_start import ByItself
async def main():
    with open(int(sys.argv[1]), "wb") as log:
        await ByItself((sys.executable, "-c", sys.argv[2]))({}, (), log)
    await asyncio.sleep(1000)
asyncio.run(main())
"""
GOES_ON = """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("goes on", flush=True)
signal.pause()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="nothing else can be told to end with its starter")
def test_a_bot_does_not_survive_a_playground_that_is_killed() -> None:
    """The pipe that the bot writes to closes when the bot ends."""
    read, write = os.pipe()
    command = [sys.executable, "-c", STARTER, str(write), GOES_ON]
    with os.fdopen(read) as written, subprocess.Popen(command, cwd=SOURCES, pass_fds=[write]) as starter:
        os.close(write)
        assert written.readline() == "goes on\n"
        starter.kill()
        assert in_time(written.read) == ""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_playground_says_one_line_and_ends_at_a_signal(number: signal.Signals) -> None:
    """SIGHUP is the signal that comes when the terminal is closed."""
    with start("--port", "0") as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        process.send_signal(number)
        rest, errors = process.communicate(timeout=PATIENCE)

    assert line.startswith("Lamplighter playground: http://127.0.0.1:")
    assert (process.returncode, rest, errors) == (0, "", "")


def test_the_playground_ends_when_whoever_started_it_is_gone() -> None:
    """The only trace of a starter that was killed is the closed pipe that it held."""
    with start("--port", "0", "--until-stdin-closes") as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline().startswith("Lamplighter playground: ")
        process.stdin.write("nobody listens to this\n")
        process.stdin.flush()
        process.stdin.close()
        assert process.wait(PATIENCE) == 0


def test_the_playground_by_default_outlives_its_standard_input() -> None:
    with start("--port", "0") as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        url = process.stdout.readline().split()[-1]
        for _ in range(2):
            assert httpx.get(f"{url}/playground", timeout=PATIENCE, trust_env=False).status_code == 200
        process.terminate()
        assert process.wait(PATIENCE) == 0


def test_a_taken_port_is_reported_in_one_sentence(golden: Golden) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        with start("--port", port) as process:
            out, errors = process.communicate(timeout=PATIENCE)

    assert (process.returncode, out) == (1, "")
    assert errors.replace(port, "4000") == golden
