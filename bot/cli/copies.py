"""``lamplighter backup`` and ``restore``: one file that holds everything, for either database."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.output import fail, read_settings, say, told
from bot.db import backup as copies


def backup(file: Annotated[Path, typer.Argument(help="where to write")]) -> None:
    """Write the whole database to FILE, while the bot may be running."""
    with told():
        try:
            rows = copies.backup(read_settings().database_url, file, now=datetime.now(UTC))
        except copies.Unfit as unfit:
            fail(f"Not written: {unfit}.")
    say(f"Written: {file} ({sum(rows.values())} rows). It holds everything the bot knows; keep it private.")


def restore(file: Annotated[Path, typer.Argument(help="a backup")]) -> None:
    """Fill an empty database from FILE; its audit chain is verified first."""
    settings = read_settings()
    if not file.exists():
        fail(f"There is no {file}.")
    with told():
        try:
            key = settings.audit_key.get_secret_value().encode()
            found = copies.restore(file, settings.database_url, key=key)
        except copies.Unfit as unfit:
            fail(f"Not restored, nothing was changed: {unfit}.")
    say(f"Restored; {found.count} audit entries verified, the head is {found.head[0]}:{found.head[1]}.")
