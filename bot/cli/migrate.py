"""``lamplighter migrate``: bring the schema up to date. All replicas may run the command at once."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.output import Verbose, fail, read_settings, say, told
from bot.cli.schema import TODO, require_folder
from bot.db import migrate as schema
from bot.settings import Settings


def migrate(
    check: Annotated[
        bool, typer.Option("--check", help="only see that tables and migrations agree; touches no database")
    ] = False,
    verbose: Verbose = False,
) -> None:
    """Bring the database's schema up to date."""
    if check:
        _check()
        return
    settings = read_settings(verbose=verbose)
    with told():
        bring_up_to_date(settings)
    say("The schema is up to date.")


def bring_up_to_date(settings: Settings) -> None:
    """Upgrade the schema, unless a newer release has migrated the database."""
    require_folder(settings)
    if schema.schema_state(settings.database_url) == "newer":
        fail(TODO["newer"])
    schema.migrate(settings.database_url)


def _check() -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'drift.db'}"
        schema.migrate(url)
        found = schema.drift(url)
    if found:
        fail("The tables and the migrations differ:\n" + "\n".join(map(str, found)))
    say("The tables and the migrations agree.")
