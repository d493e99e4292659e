"""``lamplighter doctor``: what is wrong with this installation, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator

import typer

from bot.bootstrap import Core, compose
from bot.cli.checks import catalog, database, evidence, prices, slack
from bot.cli.checks.check import Check
from bot.cli.output import Verbose, read_settings, say
from bot.cli.person import console_user
from bot.cli.schema import opened
from bot.settings import Settings
from handlers.words.errors import Trouble
from policies.access.grants import teams_named
from policies.access.people import ConsoleUser
from policies.catalog.values import OPS_CHANNEL


def doctor(verbose: Verbose = False) -> None:
    """Examine database, Slack, AWS and catalog; say what to do next. Ends with 1 if something is broken."""
    settings = read_settings(verbose=verbose)
    found = []
    for check in examine(settings):
        found.append(check)
        for line in check.lines():
            say(line)
    broken = sum(check.well is False for check in found)
    say(f"{len(found)} checks, {broken} to mend.")
    if broken:
        raise typer.Exit(1)


def examine(settings: Settings) -> Iterator[Check]:
    """Make every check, in the order in which fixing makes sense."""
    first = list(database.database(settings))
    yield from first
    if first[0].well:
        yield from _evidence(settings)
    yield from slack.slack(settings, _teams(settings) if first[0].well else ())
    if first[0].well:
        yield from _installation(settings)


def _evidence(settings: Settings) -> Iterator[Check]:
    with opened(settings) as db:
        try:
            yield from evidence.evidence(db)
        except Trouble as trouble:
            yield Check("evidence", False, trouble.sentence, "run this check again")


def _teams(settings: Settings) -> tuple[str, ...]:
    """The teams whose people the catalog names; none if the catalog cannot be read, which a check of its own
    reports.
    """
    with opened(settings) as db:
        try:
            return tuple(sorted(teams_named(db.catalog.read().grants)))
        except Trouble:
            return ()


def _installation(settings: Settings) -> Iterator[Check]:
    """Check the catalog against Slack and AWS."""
    with opened(settings) as db:
        try:
            yield from _of_the_catalog(compose(settings, db=db), console_user())
        except Trouble as trouble:
            yield Check("catalog", False, trouble.sentence, "run this check again")


def _of_the_catalog(core: Core, user: ConsoleUser) -> Iterator[Check]:
    state, settings = core.db.catalog.read(), core.settings
    if not state.environments:
        todo = "run `lamplighter init`, which writes a first catalog, and `lamplighter apply` with it"
        yield Check("catalog", False, "has no environments", todo)
        return
    yield from catalog.rows(state.environments, state.grants, now=core.clock.now())
    yield from slack.channels(settings, state.environments, state.settings.get(OPS_CHANNEL, ""))
    reached = []
    for environment in state.environments:
        checks = list(catalog.access(core.scopes, environment, user))
        yield from checks
        reached += [environment] if checks and checks[0].well else []
    yield from prices.prices(core)
    yield from prices.bill(core)
    yield from catalog.services(core.scopes, reached, state.environments, user)
