"""Who may do what, where: roles, grants and patterns."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from policies.access.decision import Allowed, NotAllowed, Refused, allow, refuse
from policies.access.people import (
    SERVE,
    Actor,
    ClockActor,
    ConsoleUser,
    Home,
    Role,
    SlackAccount,
    SlackPerson,
)
from policies.access.terminals import Terminal, terminal
from policies.schedule.rows import ScheduleRow, governing
from policies.service.environment import Environment


@dataclass(frozen=True)
class Grant:
    """A role for a subject on environments that match a pattern, until ``until`` (``None`` if it has no
    end).

    ``subject`` is ``slack:<team>:<user>``, ``group:<team>:<subteam>`` or ``console:<name>``.
    """

    subject: str
    role: Role
    pattern: str = "*"
    until: datetime | None = None
    origin: str = "file"

    @property
    def is_of_group(self) -> bool:
        """Whether the grant is given to a user group, and so to whoever is in it."""
        return self.subject.startswith("group:")

    def covers(self, environment: Environment) -> bool:
        """A pattern never matches a production environment; production is granted by its full name."""
        if environment.production:
            return self.pattern == environment.name
        return fnmatch.fnmatchcase(environment.name, self.pattern)


def teams_named(grants: Iterable[Grant]) -> frozenset[str]:
    """The workspaces and organisations whose people and groups these grants are given to."""
    parts = [grant.subject.split(":") for grant in grants]
    return frozenset(part[1] for part in parts if part[0] in ("slack", "group"))


def identity(account: SlackAccount, home: Home, grants: Iterable[Grant]) -> str:
    """The team by which somebody let in is known, in grants and in the audit log: the one the catalog is of.

    The ids of an organisation's people hold in all its workspaces (facts/slack 8), so where they act from
    does not matter. A catalog of one workspace names the people of that workspace; who is only in others is
    known by what the bot serves, and finds no grant there.
    """
    if not home.enterprise:
        return home.team
    named = teams_named(grants)
    ours = (home.team, home.enterprise, home.workspace, account.team, *sorted(account.teams))
    return next(
        (team for team in ours if team in named and (team == home.enterprise or account.is_in(team))),
        home.team,
    )


@dataclass(frozen=True)
class Standing:
    """The best role an actor has somewhere, and the grant it rests on."""

    role: Role
    grant: Grant


def subjects(actor: Actor, terminals: Iterable[Terminal] = ()) -> frozenset[str]:
    """Every subject whose grants are this actor's. Somebody at a terminal whom AWS knows has the grants of
    the subject in their row, and not those of its user groups: only Slack says who is in a group.
    """
    match actor:
        case SlackPerson(team=team, groups=groups):
            return frozenset({actor.id, *(f"group:{team}:{g}" for g in groups)})
        case ConsoleUser(proven=True, name=caller):
            row = terminal(caller, terminals)
            return frozenset({row.subject}) if row else frozenset()
        case ConsoleUser():
            return frozenset({actor.id})
        case ClockActor():
            return frozenset()


def held(
    actor: Actor,
    grants: Iterable[Grant],
    *,
    now: datetime,
    group_admins: bool = False,
    terminals: Iterable[Terminal] = (),
) -> tuple[Grant, ...]:
    """The actor's grants in force. Admin comes to a user group only if the setting allows it."""
    mine = subjects(actor, terminals)
    return tuple(
        g
        for g in grants
        if g.subject in mine
        and (g.until is None or now < g.until)
        and (group_admins or g.role is not Role.ADMIN or not g.is_of_group)
    )


def standing(environment: Environment, mine: Iterable[Grant]) -> Standing | None:
    """The best of an actor's grants on one environment; ``None`` if for them the environment does not
    exist."""
    best = max((g for g in mine if g.covers(environment)), key=lambda g: g.role, default=None)
    return Standing(best.role, best) if best else None


def visible(environments: Iterable[Environment], mine: Sequence[Grant]) -> tuple[Environment, ...]:
    """The environments this actor may view, by name."""
    return tuple(sorted((e for e in environments if standing(e, mine)), key=lambda e: e.name))


def decide(
    environment: Environment,
    mine: Sequence[Grant],
    *,
    needed: Role,
    granters: Sequence[str] = (),
    asked: str = "",
) -> Allowed | Refused:
    """May an actor with these grants do something that needs this role, here? ``asked`` names it.

    ``granters`` are the names of people who could grant it. No grant at all is answered as an unknown
    environment would be; that wording is the gate's, which knows what else the person may see.
    """
    found = standing(environment, mine)
    if found is None:
        return refuse("access.no-grant", f"no grant on `{environment.name}`")
    if found.role < needed:
        who = f" {either(granters)} can grant it." if granters else ""
        what = f"`{asked}`" if asked else "This"
        return refuse(
            "access.role",
            f"{what} needs {needed.word} on `{environment.name}`; you have {found.role.word}.{who}",
        )
    return allow("access.grant", f"{found.role.word} on {found.grant.pattern} ({found.grant.subject})")


def clock(
    environment: Environment, rows: Iterable[ScheduleRow], operation: str, *, clocked: bool
) -> Allowed | Refused:
    """The clock may do only what a schedule row allows: bring up and down what that row acts on.
    ``clocked`` says whether the operation does that."""
    row = governing(environment, rows)
    if not clocked or row is None:
        return refuse("access.clock", f"no schedule lets the clock {operation} `{environment.name}`")
    if row.mode != "act":
        return refuse("access.observed", f"the schedule of `{environment.name}` only observes")
    return allow("access.schedule", f"the schedule {row.text} on {row.pattern} ({row.origin})")


def installation(mine: Sequence[Grant], *, needed: Role) -> Allowed | Refused:
    """May the actor do something that concerns the whole installation? Only a grant on ``*`` gives that."""
    best = max((g for g in mine if g.pattern == "*"), key=lambda g: g.role, default=None)
    if best is None or best.role < needed:
        has = best.role.word if best else "no role on `*`"
        return refuse(
            "access.installation",
            f"This concerns the whole installation and needs {needed.word} on `*`; you have {has}.",
        )
    return allow("access.grant", f"{best.role.word} on * ({best.subject})")


def for_want_of_groups(actor: Actor, decision: NotAllowed) -> NotAllowed:
    """The true reason, where the only cause of a refusal may be that Slack could not answer just now. An
    environment that does not exist is answered alike."""
    unknown = isinstance(actor, SlackPerson) and not actor.groups_known
    if not unknown or not decision.rule.startswith("access."):
        return decision
    said = "Slack could not say which user groups you are in, so nothing was done. Try again shortly."
    return refuse("people.groups-unknown", f"{said} Without them: {decision.reason}", said)


def console(user: ConsoleUser, grants: Sequence[Grant], *, now: datetime) -> Allowed | Refused:
    """May this console user change the installation?

    Whoever meets an empty catalog may fill it (the entry names them). ``serve`` may apply the file that
    was mounted for it, because whoever mounted it chose to. Anyone else needs an admin grant of their own.
    """
    if not grants:
        return allow("access.first", "the first apply, on an empty catalog")
    if user == ConsoleUser(SERVE):
        return allow("access.mounted-file", "the file mounted for this installation")
    mine = held(user, grants, now=now)
    if any(g.role is Role.ADMIN and g.pattern == "*" for g in mine):
        return allow("access.grant", f"admin on * ({user.id})")
    return refuse(
        "access.console",
        f"The console user `{user.name}` has no admin grant on `*`. Two ways out: a console user who "
        f"has one applies a file that grants it (`console: {user.name}`, `role: admin`, "
        '`environment: "*"`); or the file is mounted for `serve`, which applies it at its start '
        "(LAMPLIGHTER_CATALOG_FILE).",
    )


def either(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
