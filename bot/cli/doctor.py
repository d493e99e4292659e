"""``lamplighter doctor``: what is wrong with this installation, and what to do next."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import typer

from bot.bootstrap import Core, compose
from bot.cli.output import read_settings, say
from bot.cli.serve import slack_settings
from bot.db import migrate as schema
from bot.settings import Settings
from bot.slack.manifest import SCOPES
from bot.slack.web import SlackWeb
from handlers.gate.errors import Trouble
from policies import catalog
from policies.environment import Environment, membership
from policies.people import ConsoleUser

EPHEMERAL = frozenset({"overlay", "tmpfs", "ramfs", "aufs"})
NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "ceph", "fuse.s3fs", "fuse.gcsfuse", "9p"})
"""File systems on which SQLite loses data: gone with the container, or without dependable locks."""


@dataclass(frozen=True)
class Check:
    """One finding. ``well``: true, false (must be mended) or ``None`` (worth knowing)."""

    what: str
    well: bool | None
    said: str
    todo: str = ""


def doctor() -> None:
    """Examine database, Slack, AWS and the catalog; say what to do next. Ends with 1 if something is broken."""
    settings = read_settings()
    found = []
    for check in examine(settings):
        found.append(check)
        mark = {True: "ok  ", False: "FAIL", None: "note"}[check.well]
        say(f"{mark}  {check.what}: {check.said}")
        if check.todo:
            say(f"      -> {check.todo}")
    broken = sum(c.well is False for c in found)
    say(f"{len(found)} checks, {broken} to mend.")
    if broken:
        raise typer.Exit(1)


def examine(settings: Settings) -> Iterator[Check]:
    """Every check, in the order in which mending makes sense."""
    yield from _database(settings)
    yield from _slack(settings)
    try:
        if schema.schema_state(settings.database_url) != "current":
            return
        core = compose(settings)
        environments = core.db.catalog.read().environments
    except Trouble:
        return
    if not environments:
        yield Check(
            "catalog", False, "has no environments", "write a catalog file and run `lamplighter apply FILE`"
        )
    yield from _catalog(environments)
    yield from _channels(settings, environments)
    for environment in environments:
        yield from _aws(core, environment)
    yield from unclaimed_services(core, environments)


def _database(settings: Settings) -> Iterator[Check]:
    try:
        state = schema.schema_state(settings.database_url)
    except (Trouble, ValueError) as error:
        yield Check(
            "database", False, str(error), "check LAMPLIGHTER_DATABASE_URL and that the server is reachable"
        )
        return
    todo = {"current": "", "newer": "run the release that migrated it"}.get(
        state, "run `lamplighter migrate`"
    )
    yield Check("database", state == "current", f"schema is {state}", todo)
    if settings.database_url.startswith("sqlite"):
        yield _disk(Path(settings.database_url.split("///", 1)[-1]))


def _disk(file: Path) -> Check:
    kind = file_system(file, Path("/proc/mounts"))
    if kind in NETWORK:
        return Check(
            "disk", False, f"SQLite lies on {kind}, a network file system", "use a local disk or PostgreSQL"
        )
    if kind in EPHEMERAL:
        return Check(
            "disk", None, f"SQLite lies on {kind}, which ends with the container", "mount a volume there"
        )
    return Check("disk", True, f"SQLite lies on {kind or 'a local disk'}")


def file_system(file: Path, mounts: Path) -> str:
    """The type of the file system that holds a file; empty where the system does not tell."""
    best, kind = -1, ""
    path = file.absolute()
    for line in mounts.read_text().splitlines() if mounts.exists() else ():
        point, found = line.split(" ")[1:3]
        if path.is_relative_to(point) and len(point) > best:
            best, kind = len(point), found
    return kind


def _slack(settings: Settings) -> Iterator[Check]:
    web = SlackWeb(slack_settings(settings))
    try:
        answer = web.client.auth_test()
    except Exception as error:  # whatever the SDK raises: the doctor tells, never falls ill
        yield Check("Slack token", False, f"auth.test failed ({type(error).__name__})", "check the bot token")
        return
    team, ours = str(answer.get("team_id", "")), settings.slack_team
    right = not ours or team == ours
    yield Check(
        "Slack team", right, f"the token is of {team}", "" if right else f"expected {ours}: use its token"
    )
    yield _scopes(str(answer.headers.get("x-oauth-scopes", "")), groups=settings.slack_groups)


def _scopes(given: str, *, groups: bool) -> Check:
    have = {s.strip() for s in given.split(",") if s.strip()}
    if not have:
        return Check("Slack scopes", None, "Slack did not say which scopes the token has")
    needed = {s for s in SCOPES if groups or not s.startswith("usergroups:")}
    missing = sorted(needed - have)
    if missing:
        todo = "update the app from `lamplighter manifest` and install it again"
        return Check("Slack scopes", False, f"missing: {', '.join(missing)}", todo)
    return Check("Slack scopes", True, "all that are needed")


def _channels(settings: Settings, environments: tuple[Environment, ...]) -> Iterator[Check]:
    web = SlackWeb(slack_settings(settings))
    for channel in sorted({e.channel for e in environments if e.channel}):
        try:
            info = web.ask("conversations.info", channel=channel).get("channel", {})
        except Trouble as trouble:
            yield Check(f"channel {channel}", False, trouble.sentence, "invite the bot, or correct the id")
            continue
        member = bool(info.get("is_member"))
        todo = "" if member else f"type /invite in #{info.get('name', channel)}"
        yield Check(
            f"channel {channel}", member, f"#{info.get('name')}, {'' if member else 'not '}a member", todo
        )
        shared = [e.name for e in environments if e.channel == channel and not e.shared_channel]
        if info.get("is_ext_shared") and shared:
            todo = "use another channel, or set shared_channel: true"
            yield Check(
                f"channel {channel}", False, f"shared with another company: {', '.join(shared)}", todo
            )


def _catalog(environments: tuple[Environment, ...]) -> Iterator[Check]:
    for sentence in catalog.overlaps(environments):
        yield Check("catalog", False, sentence, "narrow one of them; disputed services are refused meanwhile")
    for environment in environments:
        if not environment.owner:
            yield Check(f"environment {environment.name}", None, "has no owner", "name one in the catalog")


def _aws(core: Core, environment: Environment) -> Iterator[Check]:
    for finding in core.scopes.preflight(environment, ConsoleUser(getpass.getuser())):
        yield Check(f"{environment.name}: {finding.check}", finding.ok, finding.sentence, finding.todo)


def unclaimed_services(core: Core, environments: tuple[Environment, ...]) -> Iterator[Check]:
    """Services in the clusters the catalog names that no environment, or more than one, claims."""
    seen: set[str] = set()
    for environment in environments:
        try:
            live = core.scopes.live(environment, ConsoleUser(getpass.getuser()))
        except Trouble as trouble:
            yield Check(f"{environment.name}: services", False, trouble.sentence)
            continue
        for service, claims in membership(environment, live, environments).disputed.items():
            yield Check(
                f"{environment.name}: {service}",
                False,
                f"claimed by {' and '.join(claims)}",
                "correct the catalog or the service's tags",
            )
        fresh = [s for s in live if s.arn not in seen]
        seen.update(s.arn for s in fresh)
        for nobodys in catalog.unclaimed(fresh, environments):
            yield Check(nobodys.cluster, None, f"`{nobodys.name}` belongs to no environment")
