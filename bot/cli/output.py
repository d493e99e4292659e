"""What the commands print: sentences on standard output, troubles on standard error with exit code 1."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from rich.console import Console
from rich.table import Table as RichTable

from bot import settings as settings_module
from bot.logging_setup import set_up
from bot.settings import Settings, SettingsError
from handlers.words.errors import Trouble
from handlers.words.result import Outcome


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


def show(outcome: Outcome, *, notes: bool = True) -> None:
    """An outcome as a person at a terminal reads it. Without ``notes`` where they were shown before."""
    say(outcome.summary)
    for field in outcome.fields:
        say(f"  {field.label}: {field.value}")
    if outcome.table is not None:
        table = RichTable(*outcome.table.columns, box=None, pad_edge=False)
        for row in outcome.table.rows:
            table.add_row(*row)
        Console(highlight=False, markup=False).print(table)
    for evidence in outcome.evidence:
        say(f"{evidence.title}:")
        for line in evidence.lines:
            say(f"  {line}")
    for note in outcome.notes if notes else ():
        say(f"  {note}")
