"""What the commands print: sentences on standard output, troubles on standard error with exit code 1."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, NoReturn, assert_never

import typer
from rich.console import Console
from rich.table import Table as RichTable

from bot import settings as settings_module
from bot.db import causes
from bot.logging_setup import Appended, Nowhere, set_up
from bot.settings import Settings, SettingsError
from handlers.tell.gate import SPENT
from handlers.tell.reply import message
from handlers.words.errors import StoreLost, Trouble
from handlers.words.message import Chart, Fields, Log, Table, Text
from handlers.words.result import Refusal, Reply, Report, Unchanged
from policies.record.lifecycle import State
from policies.times.moments import plain

_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Characters that a terminal obeys instead of showing. A log line may hold them, whoever wrote it."""


def shown(text: str) -> str:
    """Return the text as a terminal may be given it: without marks of instants, and without a character that
    steers the terminal.
    """
    return _STEERING.sub("", plain(text))


def say(text: str) -> None:
    Console(highlight=False, soft_wrap=True).print(shown(text), markup=False)


def fail(text: str) -> NoReturn:
    """Say what is wrong on standard error, and end with exit code 1."""
    warn(text)
    sys.exit(1)


def warn(text: str) -> None:
    """Print on standard error, so that standard output can be piped on."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(shown(text), markup=False)


Verbose = Annotated[bool, typer.Option("--verbose", help="print the log too, on standard error")]


def read_settings(*, verbose: bool = False) -> Settings:
    """Read the settings, or end with a sentence. From here on the log goes to standard error if ``verbose``,
    else to the file that the settings name, else nowhere, so that only sentences are printed.
    """
    try:
        settings = settings_module.read()
    except SettingsError as error:
        fail(f"settings: {error}")
    stream = sys.stderr if verbose else _log_file(settings)
    set_up(settings.log_level, known=settings.secrets(), stream=stream)
    return settings


def _log_file(settings: Settings) -> Nowhere:
    if settings.log_file is None:
        return Nowhere()
    log = Appended(settings.log_file)
    try:
        log.check()
    except OSError as error:
        fail(f"settings: LAMPLIGHTER_LOG_FILE: {settings.log_file} cannot be written ({error.strerror})")
    return log


@contextmanager
def told() -> Iterator[None]:
    """End with a sentence instead of a traceback if trouble is raised inside."""
    try:
        yield
    except StoreLost as lost:
        why = causes.told(lost)
        fail(f"{why.said}\n      -> {why.todo}")
    except Trouble as trouble:
        fail(str(trouble))


def done(reply: Reply) -> bool:
    """Has the operation reached what was asked?"""
    match reply:
        case Unchanged() | Report(state=State.SUCCEEDED | State.UNCHANGED):
            return True
    return False


def held_up(reply: Reply) -> bool:
    """Was another operation in the way, or faster, so that asking again finds what it left?"""
    return isinstance(reply, Refusal) and (bool(reply.in_the_way) or reply.decision.rule == SPENT)


def _print(columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> None:
    table = RichTable(*columns, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*map(shown, row))
    Console(highlight=False, markup=False).print(table)


def show(reply: Reply, *, notes: bool = True) -> None:
    """Print a reply for a person at a terminal. Without ``notes``, texts that were shown before are left
    out.
    """
    said = message(reply)
    say(said.headline)
    for block in said.blocks:
        match block:
            case Fields(pairs):
                for field in pairs:
                    say(f"  {field.label}: {field.value}")
            case Table(columns, rows):
                _print(columns, rows)
            case Chart(title, _, unit, categories, series):
                values = zip(*(each.values for each in series), strict=True)
                rows = tuple((n, *map(str, v)) for n, v in zip(categories, values, strict=False))
                _print((f"{title} ({unit})", *(each.name for each in series)), rows)
            case Log(title, lines):
                say(f"{title}:")
                for line in lines:
                    say(f"  {line}")
            case Text(lines):
                for line in lines if notes else ():
                    say(f"  {line}")
            case _:
                assert_never(block)
