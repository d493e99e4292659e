"""``python -m playground``: a local Slack, a simulated AWS and the real bot, until Ctrl-C."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from playground.bot_environment import BotSetup, parse_extra
from playground.bot_process import BotFailed, free_port
from playground.bot_start import ByAnother, ByItself
from playground.clock import instant_of
from playground.control import Playground, PortTaken, new_playground
from playground.slack.capabilities import PATIENCE
from playground.slack.organisation import KINDS, Organisation

NEXT = """Open it. You are Dev, in #staging. Type: /env restart staging orders-api
docs/playground.md says what else to try. Ctrl-C ends it all."""


def main(argv: Sequence[str] | None = None) -> int:
    """Return the exit code: 0 after a signal, 1 if something did not start, 2 for a wrong option."""
    options = _options(argv)
    try:
        extra = parse_extra(options.env)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="lamplighter-playground-") as folder:
        return asyncio.run(_run(options, extra, Path(folder)))


async def _run(options: argparse.Namespace, extra: dict[str, str], folder: Path) -> int:
    ended = _ended(options)
    playground = _assemble(options, extra, folder)
    try:
        starting = asyncio.create_task(_start(playground, options))
        waiting = asyncio.create_task(ended.wait())
        await asyncio.wait({starting, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if not starting.done():
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
            return 0
        starting.result()
        print(f"Lamplighter playground: {playground.url}", flush=True)
        if not options.no_bot:
            print(NEXT, flush=True)
        await waiting
    except (PortTaken, BotFailed) as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        await playground.end()
    return 0


def _ended(options: argparse.Namespace) -> asyncio.Event:
    """Return an event that is set once whoever started the playground wants it to end, or is gone."""
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    numbers = {signal.SIGINT, signal.SIGTERM}
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup ignores SIGHUP
        numbers.add(signal.SIGHUP)
    for number in numbers:
        loop.add_signal_handler(number, ended.set)
    if options.until_stdin_closes:
        loop.add_reader(sys.stdin.fileno(), _read_stdin, ended)
    return ended


def _read_stdin(ended: asyncio.Event) -> None:
    """Set ``ended`` once the pipe closes, which is the only trace of a starter that was killed."""
    if not os.read(sys.stdin.fileno(), 1_024):
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
        ended.set()


async def _start(playground: Playground, options: argparse.Namespace) -> None:
    await playground.serve(options.port)
    if not options.no_world:
        with _stage("Starting a simulated AWS and its last four weeks"):
            await playground.start_world()
    if not options.no_bot:
        with _stage("Starting the bot on an empty database"):
            await playground.start_bot(migrate=True)


@contextmanager
def _stage(what: str) -> Iterator[None]:
    """Print what is being done, and then how long it took."""
    print(what, end=" … ", flush=True)
    began = time.monotonic()
    try:
        yield
    except BaseException:
        print("not done", flush=True)
        raise
    print(f"{time.monotonic() - began:.1f} s", flush=True)


def _assemble(options: argparse.Namespace, extra: dict[str, str], folder: Path) -> Playground:
    (folder / "home").mkdir()
    setup = BotSetup(
        home=folder,
        transport=options.transport,
        port=free_port(),
        database_url=options.database_url or f"sqlite:///{folder / 'lamplighter.db'}",
        tick=options.tick,
        extra=extra,
        organisation=Organisation(options.organisation),
    )
    starts = ByAnother(options.bot_from) if options.bot_from else ByItself()
    log, patience = folder / "bot.log", options.patience
    playground = new_playground(setup, pace=options.pace, log=log, patience=patience, starts=starts)
    if options.at:
        playground.clock.to(options.at)
    if not options.no_world:
        from playground.aws.world import World  # moto is slow to import and not always needed

        traffic = playground.slack.state.traffic.add
        playground.world = World(playground.clock, playground.faults, traffic=traffic)
    return playground


def _instant(text: str) -> datetime:
    try:
        return instant_of(text, datetime.now(UTC))
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("playground", description=__doc__)
    parser.add_argument(
        "--port", type=int, default=int(os.environ.get("PORT") or 3000), help="0: any free one"
    )
    parser.add_argument("--transport", choices=("http", "socket"), default="http")
    parser.add_argument("--database-url", default="", help="default: SQLite in a temporary folder")
    parser.add_argument("--pace", type=float, default=1.0, help="how fast the clock and the world run")
    parser.add_argument(
        "--at",
        type=_instant,
        help="when it begins: 19:29 (next weekday, Berlin), an instant with a zone, or tuesday (at 10:00, as "
        "make demo does)",
    )
    parser.add_argument("--tick", type=float, default=1.0, help="seconds between the bot's ticks")
    parser.add_argument(
        "--patience", type=float, default=PATIENCE,
        help="seconds that its Slack waits for an acknowledgement, and that a trigger lives; more than the "
        "real Slack's 3 where a machine is busy and that is not the point",
    )  # fmt: skip
    parser.add_argument(
        "--until-stdin-closes", action="store_true", help="end when whoever holds its standard input has gone"
    )
    parser.add_argument(
        "--organisation", choices=KINDS, nargs="?", const="whole", default="",
        help="the app is installed in a whole organisation (Enterprise Grid), or in one workspace of it",
    )  # fmt: skip
    parser.add_argument("--no-world", action="store_true", help="Slack only")
    parser.add_argument("--no-bot", action="store_true", help="start no bot; POST /playground/bot can")
    parser.add_argument(
        "--bot-from", default="", metavar="SOCKET",
        help="have the bot started by who listens there (for tests), and not by a command",
    )  # fmt: skip
    parser.add_argument("--env", action="append", default=[], metavar="NAME=VALUE", help="for the bot")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
