"""Selects audit entries: filters as they are typed, and the query that they stand for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import typer

from handlers.ports.store import AuditQuery
from policies.access.grants import Grant, teams_named

SLACK_USER = re.compile(r"[UW][A-Z0-9]{2,}")

Environment = Annotated[str, typer.Option("--environment", "-e", help="only this environment")]
Person = Annotated[
    str, typer.Option("--person", help="only this actor: U0DEV, slack:T0HOME:U0DEV, console:root or clock")
]
OperationName = Annotated[str, typer.Option("--operation", help="only this operation, for example restart")]
Since = Annotated[
    str, typer.Option(help="from this instant on: 2026-03-01 or 2026-03-01T08:00+01:00 (else UTC)")
]
Until = Annotated[str, typer.Option(help="before this instant")]


@dataclass(frozen=True)
class Filters:
    """Filters as they are typed. An empty filter matches everything."""

    environment: str
    person: str
    operation: str
    since: str
    until: str

    def query(self, limit: int, teams: Iterable[str]) -> AuditQuery:
        """The query for these filters. Raise ``typer.BadParameter`` for text that is not an instant, or for a
        Slack user whose team is not known.
        """
        return AuditQuery(
            environments=(self.environment,) if self.environment else (),
            actor=_actor(self.person, sorted(set(teams))),
            operation=self.operation,
            since=_instant(self.since, "--since"),
            until=_instant(self.until, "--until"),
            limit=limit,
        )

    def given(self) -> dict[str, str]:
        return {name: value for name, value in vars(self).items() if value}


def teams_of(team: str, grants: Iterable[Grant]) -> tuple[str, ...]:
    """The team of the settings. If the settings name none, or the grants name only others, the teams that the
    grants name.
    """
    named = teams_named(grants)
    return (team,) if team and (team in named or not named) else tuple(sorted(named))


def _actor(text: str, teams: list[str]) -> str:
    if text.startswith("arn:"):
        return f"console:{text}"
    if not text or ":" in text or text == "clock":
        return text
    if not SLACK_USER.fullmatch(text):
        return f"console:{text}"
    if len(teams) != 1:
        raise typer.BadParameter(f"of which team? write slack:TEAM:{text}", param_hint="--person")
    return f"slack:{teams[0]}:{text}"


def _instant(text: str, option: str) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is not an instant such as 2026-03-01T08:00", param_hint=option
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
