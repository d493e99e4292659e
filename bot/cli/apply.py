"""``lamplighter apply FILE``: show the difference, ask, and make the catalog what the file says."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated

import typer

from bot.bootstrap import Core, compose, new_id
from bot.catalog_file import CatalogFileError, load
from bot.cli.output import fail, read_settings, say, show, told
from handlers.gate.outcome import Outcome
from handlers.gate.request import Request
from policies import catalog
from policies.people import ConsoleUser


def apply(
    file: Annotated[Path, typer.Argument(help="the catalog (YAML)")],
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
) -> None:
    """Make the catalog what FILE says, after showing the difference."""
    settings = read_settings()
    with told():
        core = compose(settings)
        outcome = asked(core, file, ConsoleUser(getpass.getuser()), confirmed="")
        show(outcome)
        if outcome.status == "needs confirmation":
            if not yes and not typer.confirm("Apply this?"):
                fail("Nothing was changed.")
            outcome = asked(core, file, ConsoleUser(getpass.getuser()), confirmed=_hash(outcome))
            show(outcome)
    if outcome.status not in ("succeeded", "unchanged"):
        fail(f"Not applied: {outcome.status}.")


def asked(core: Core, file: Path, user: ConsoleUser, *, confirmed: str) -> Outcome:
    """One asking of ``apply`` through the gate. A file that is no catalog never reaches it."""
    try:
        content = catalog.to_json(load(file))
    except CatalogFileError as error:
        fail(
            "The file was refused whole; nothing was changed.\n" + "\n".join(f"  {p}" for p in error.problems)
        )
    request = Request(
        id=new_id(),
        delivery=new_id(),
        actor=user,
        source="console",
        operation="apply",
        arguments={"content": content, "file": file.name},
        confirmed=confirmed,
    )
    return core.gate.handle(request)


def apply_mounted(core: Core, file: Path) -> None:
    """At the start of ``serve``: the file that was mounted for this installation, without asking."""
    first = asked(core, file, ConsoleUser("serve"), confirmed="")
    if first.status == "needs confirmation":
        first = asked(core, file, ConsoleUser("serve"), confirmed=_hash(first))
    say(f"catalog {file.name}: {first.summary}")
    if first.status not in ("succeeded", "unchanged"):
        show(first)
        fail(f"The mounted catalog was not applied: {first.status}.")


def _hash(outcome: Outcome) -> str:
    return outcome.offers[0].plan_hash
