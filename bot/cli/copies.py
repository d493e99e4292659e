"""``lamplighter backup`` and ``restore``: one file that holds everything, for either database."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.output import fail, read_settings, say, told
from bot.cli.schema import TODO, require_current, require_folder
from bot.db import backup as copies
from bot.db import migrate as schema


def backup(file: Annotated[Path, typer.Argument(help="where to write; must not exist yet")]) -> None:
    """Write the whole database to FILE, while the bot may be running."""
    settings = read_settings()
    with told():
        require_current(settings)
        try:
            rows = copies.backup(settings.database_url, file, now=datetime.now(UTC))
        except (copies.Unfit, OSError) as unfit:
            fail(f"Not written: {unfit}.")
    say(f"Written: {file} ({sum(rows.values())} rows). It holds everything the bot knows; keep it private.")


def restore(file: Annotated[Path, typer.Argument(help="a backup")]) -> None:
    """Fill an empty database from FILE; its audit chain is verified first."""
    settings = read_settings()
    if not file.is_file():
        fail(f"There is no file {file}.")
    with told():
        require_folder(settings)
        if (state := schema.schema_state(settings.database_url)) in ("older", "newer"):
            fail(TODO[state])
        try:
            key = settings.audit_key.get_secret_value().encode()
            found = copies.restore(file, settings.database_url, key=key)
        except (copies.Unfit, OSError) as unfit:
            fail(f"Not restored, nothing was changed: {unfit}.")
    say(f"Restored; {found.count} audit entries verified, the head is {found.head[0]}:{found.head[1]}.")
