"""What the commands print: sentences on standard output, troubles on standard error with exit code 1."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from rich.console import Console
from rich.table import Table as RichTable

from bot import settings as settings_module
from bot.settings import Settings, SettingsError
from handlers.gate.errors import Trouble
from handlers.gate.outcome import Outcome


def say(text: str) -> None:
    Console(highlight=False, soft_wrap=True).print(text, markup=False)


def fail(text: str) -> NoReturn:
    """Say what is wrong on standard error and end with 1."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(text, markup=False)
    sys.exit(1)


def read_settings() -> Settings:
    try:
        return settings_module.read()
    except SettingsError as error:
        fail(f"settings: {error}")


@contextmanager
def told() -> Iterator[None]:
    """Troubles in words instead of a traceback."""
    try:
        yield
    except Trouble as trouble:
        fail(str(trouble))


def show(outcome: Outcome) -> None:
    """An outcome as a person at a terminal reads it."""
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
    for note in outcome.notes:
        say(f"  {note}")
