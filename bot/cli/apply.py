"""``lamplighter apply FILE``: show the difference, ask, and make the catalog what the file says."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import structlog
import typer

from bot.bootstrap import Core, compose, new_id
from bot.catalog_file import CatalogFileError, load
from bot.cli.checks import catalog as catalog_checks
from bot.cli.checks import money
from bot.cli.checks import slack as slack_checks
from bot.cli.checks.check import Check, Kind
from bot.cli.output import Verbose, done, fail, held_up, read_settings, say, show, told, warn
from bot.cli.own_grant import grant_of_ones_own
from bot.cli.person import SERVE, console_user
from bot.cli.schema import opened
from bot.cli.slack_part import missing
from handlers.ports.store import AuditQuery
from handlers.tell.reply import status
from handlers.words.request import Request
from handlers.words.result import Choice, Reply, Unchanged
from policies.access.people import ConsoleUser
from policies.catalog.values import OPS_CHANNEL, from_json, to_json

log = structlog.get_logger()

BUSY_FOR = 20.0
"""Seconds that a starting replica waits for another one that applies the same mounted file."""


def apply(
    file: Annotated[Path, typer.Argument(help="the catalog (YAML)")],
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
    verbose: Verbose = False,
) -> None:
    """Make the catalog what FILE says, after showing the difference."""
    settings = read_settings(verbose=verbose)
    user = console_user()
    with told(), opened(settings) as db:
        core = compose(settings, db=db)
        content = read_content(core, file)
        own = None if yes else grant_of_ones_own(content, file, user, core.clock.now())
        reply = ask(core, (content, file.name), user)
        while isinstance(reply, Choice):
            refuse_shared_channels(core, content)
            show(reply)
            _tell_money(core, content, user)
            if own is not None and own.wanted is None and own.ask(_agreed):
                content = own.content
                reply = ask(core, (content, file.name), user)
                continue
            if not yes and not _agreed("Apply this?"):
                fail("Nothing was changed.")
            reply = ask(core, (content, file.name), user, confirmed=reply.offers[0].plan_hash)
        show(reply, notes=isinstance(reply, Unchanged))
        if not done(reply):
            fail(f"Not applied: {status(reply).value}.")
        if own is not None and own.wanted:
            own.write()
        _tell_head(core)
        _survey(core, user)


def read_content(core: Core, file: Path) -> str:
    """Return the file's content as the operation takes it. A file that is not a catalog ends the command here
    and never reaches the gate.
    """
    operations = [o.name for o in core.parts.registry.operations.values() if o.changes]
    try:
        return to_json(load(file, team=core.settings.slack_team, operations=operations))
    except CatalogFileError as error:
        told_all = "\n".join(f"  {problem}" for problem in error.problems)
        fail(f"The file was refused whole; nothing was changed.\n{told_all}")


def refuse_shared_channels(core: Core, content: str) -> None:
    """Refuse the file if a channel breaks the rules, as far as Slack can be asked. An environment's channel
    that another company reads must be allowed by the catalog; the ops channel must never be shared.
    """
    wanted = from_json(content)
    ops = wanted.settings.get(OPS_CHANNEL, "")
    found = list(slack_checks.channels(core.settings, wanted.environments, ops))
    if shared := [f"  {c.said}\n      -> {c.todo}" for c in found if c.kind is Kind.SHARED_CHANNEL]:
        fail("The file was refused whole; nothing was changed.\n" + "\n".join(shared))
    if any(check.well is None for check in found) or missing(core.settings):
        warn("Slack could not be asked whether another company reads the environments' channels.")


def ask(core: Core, what: tuple[str, str], user: ConsoleUser, *, confirmed: str = "") -> Reply:
    """Ask for ``apply`` through the gate once. ``what`` is the content and the file's name."""
    content, name = what
    request = Request(
        id=new_id(),
        delivery=new_id(),
        actor=user,
        source="console",
        operation="apply",
        arguments={"content": content, "file": name},
        confirmed=confirmed,
    )
    return core.gate.handle(request)


def apply_mounted(core: Core, file: Path) -> None:
    """Apply the file that was mounted for this installation, without asking, at the start of ``serve``.

    Replicas that start together apply the file one after the other; the later ones find it applied.
    """
    what = (read_content(core, file), file.name)
    until = time.monotonic() + BUSY_FOR
    reply = _asked_and_confirmed(core, what)
    while held_up(reply) and time.monotonic() < until:
        time.sleep(0.25)
        reply = _asked_and_confirmed(core, what)
    log.info("catalog", file=file.name, status=status(reply).value, said=reply.headline)
    if not done(reply):
        show(reply)
        fail(f"The mounted catalog was not applied: {status(reply).value}.")


def _asked_and_confirmed(core: Core, what: tuple[str, str]) -> Reply:
    reply = ask(core, what, SERVE)
    if not isinstance(reply, Choice):
        return reply
    refuse_shared_channels(core, what[0])
    return ask(core, what, SERVE, confirmed=reply.offers[0].plan_hash)


def _agreed(question: str) -> bool:
    try:
        return typer.confirm(question)
    except typer.Abort:
        say("")
        return False


def _tell_head(core: Core) -> None:
    for newest in core.db.audit.entries(AuditQuery(limit=1)):
        say(f"The audit log's head is {newest.seq}:{newest.hash}; keep it elsewhere to verify against.")


def _tell_money(core: Core, content: str, user: ConsoleUser) -> None:
    """Show, next to the plan, the cost of the schedules that change, where AWS can be asked."""
    wanted, stored = from_json(content), core.db.catalog.read()
    rows = (stored.schedules, wanted.schedules)
    for line in money.lines(core.scopes, wanted.environments, rows, user):
        say(f"  {line}")


def _survey(core: Core, user: ConsoleUser) -> None:
    """Show what the catalog leaves open, where AWS can be asked. Nothing here undoes what was applied."""
    state = core.db.catalog.read()
    unasked = []
    for check in _open_questions(core, user):
        if check.well is False and check.kind is Kind.SERVICES:
            unasked.append(check)
        else:
            for line in check.lines():
                say(line)
    if unasked:
        warn(
            f"AWS could not be asked about {len(unasked)} of {len(state.environments)} environments, so "
            "overlaps and unclaimed services there are not known. `lamplighter doctor` says why."
        )


def _open_questions(core: Core, user: ConsoleUser) -> Iterator[Check]:
    state = core.db.catalog.read()
    yield from catalog_checks.rows(state.environments, state.grants, now=core.clock.now())
    yield from catalog_checks.services(core.scopes, state.environments, state.environments, user)
