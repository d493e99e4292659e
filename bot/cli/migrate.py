"""``lamplighter migrate``: bring the schema up to date. Every replica may run it at once."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.output import fail, read_settings, say, told
from bot.db import migrate as schema


def migrate(
    check: Annotated[
        bool, typer.Option("--check", help="only see that tables and migrations agree; touches no database")
    ] = False,
) -> None:
    """Bring the database's schema up to date."""
    if check:
        _check()
        return
    settings = read_settings()
    with told():
        schema.migrate(settings.database_url)
    say("The schema is up to date.")


def _check() -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'drift.db'}"
        schema.migrate(url)
        found = schema.drift(url)
    if found:
        fail("The tables and the migrations differ:\n" + "\n".join(map(str, found)))
    say("The tables and the migrations agree.")
