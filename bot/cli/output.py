"""What the commands print: sentences on standard output, troubles on standard error with exit code 1."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn, assert_never

from rich.console import Console
from rich.table import Table as RichTable

from bot import settings as settings_module
from bot.logging_setup import set_up
from bot.settings import Settings, SettingsError
from handlers.tell.reply import message
from handlers.words.errors import Trouble
from handlers.words.message import Fields, Log, Table, Text
from handlers.words.result import Refusal, Reply, Report, Unchanged
from policies.record.lifecycle import State


def say(text: str) -> None:
    Console(highlight=False, soft_wrap=True).print(text, markup=False)


def fail(text: str) -> NoReturn:
    """Say what is wrong on standard error and end with 1."""
    warn(text)
    sys.exit(1)


def warn(text: str) -> None:
    """On standard error, so that what is printed can be passed on."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(text, markup=False)


def read_settings() -> Settings:
    """The settings, or the end with words. From here on the log goes to standard error, warnings only:
    standard output belongs to what was asked for."""
    try:
        settings = settings_module.read()
    except SettingsError as error:
        fail(f"settings: {error}")
    set_up("warning", known=settings.secrets(), stream=sys.stderr)
    return settings


@contextmanager
def told() -> Iterator[None]:
    """Troubles in words instead of a traceback."""
    try:
        yield
    except Trouble as trouble:
        fail(str(trouble))


def done(reply: Reply) -> bool:
    """Whether it now is as was asked."""
    match reply:
        case Unchanged() | Report(state=State.SUCCEEDED | State.UNCHANGED):
            return True
    return False


def held_up(reply: Reply) -> bool:
    """Whether another operation was in the way, which passes."""
    return isinstance(reply, Refusal) and bool(reply.in_the_way)


def show(reply: Reply, *, notes: bool = True) -> None:
    """A reply as a person at a terminal reads it. Without ``notes`` where they were shown before."""
    said = message(reply)
    say(said.headline)
    for block in said.blocks:
        match block:
            case Fields(pairs):
                for field in pairs:
                    say(f"  {field.label}: {field.value}")
            case Table(columns, rows):
                table = RichTable(*columns, box=None, pad_edge=False)
                for row in rows:
                    table.add_row(*row)
                Console(highlight=False, markup=False).print(table)
            case Log(title, lines):
                say(f"{title}:")
                for line in lines:
                    say(f"  {line}")
            case Text(lines):
                for line in lines if notes else ():
                    say(f"  {line}")
            case _:
                assert_never(block)
