"""`/env follow staging orders-api grep timeout`: what a service's tasks write, as they write it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from handlers.facts.logged import Groups, sorted_out, source
from handlers.ports.follows import Ending, Follow, Key
from handlers.ports.scope import Scope
from handlers.tell import follow as tell
from handlers.tell import logs as tell_logs
from handlers.words.arguments import Hidden, ServiceName, sentence
from handlers.words.operation import Purpose, operation
from handlers.words.result import Answer, Missing, Refusal
from policies.access.people import Role, SlackPerson
from policies.logs.asked import LogsAsked, LogsError
from policies.logs.following import LONGEST
from policies.logs.lines import Between, Cut, Wanted

MOST_GROUPS = 12
"""How many log groups of one account and region may be followed at once: the clock reads one of them a
second, so each has its turn every twelve seconds.
"""
MOST_EACH = 3
"""How many logs one person may follow at once: they share the edits that Slack allows."""
BEFORE = timedelta(minutes=1)
"""How far back it begins, unless the person says so."""
TRIES = 5


@operation(
    "follow",
    purpose=Purpose.LOOK,
    role=Role.VIEWER,
    role_setting="logs_role",
    recorded=True,
    aliases=("logs -f", "tail -f"),
)
def follow(
    scope: Scope,
    service: ServiceName,
    lines: Annotated[LogsAsked | None, sentence("from when, and what to look for", "grep timeout")] = None,
    stretch: Hidden[Between | None] = None,
    stop: Hidden[bool] = False,
) -> Answer | Missing | Refusal:
    """A service's log lines as they come, without secrets, in a direct message for five minutes.

    ``stretch``: begins with the first line that was shown. ``stop``: end what is followed.
    """
    asked = lines or LogsAsked()
    if not isinstance(scope.actor, SlackPerson):
        return tell.not_in_slack()
    key = Key(scope.actor.id, scope.environment.name, service, _without_time(asked).text)
    live = [each for each in scope.book.follows.all() if each.ended is None]
    known = next((each for each in live if each.key == key), None)
    if stop:
        said = tell.stopping(key, known)
        return Answer(said, then=lambda: _stop(scope, key), shown=known is not None, nothing=known is None)
    if known is not None:
        return tell.already(scope, known)
    try:
        since = _since(scope, asked, stretch)
    except LogsError as wrong:
        return tell_logs.no_such_time(wrong)
    found = _groups(scope, service, asked)
    if not isinstance(found, Groups):
        return found
    places = tuple(
        f"{scope.environment.account} {g.region or scope.environment.region} {g.name}" for g in found.open
    )
    if refused := _too_many(key, live, places):
        return refused
    made = Follow(key, scope.actor.name, scope.now, since, scope.now + LONGEST, places)
    return tell.begun(scope, made, found.closed, then=lambda: scope.book.follows.begin(made))


def _groups(scope: Scope, service: str, asked: LogsAsked) -> Groups | Answer | Missing:
    """Return the groups that can be followed, or say why there is none."""
    found = source(scope, service, asked.container)
    shown = tell_logs.Shown(scope, service, asked, Wanted(scope.now, Cut(scope.now)), found)
    if asked.container and found.known and asked.container not in found.known:
        return tell_logs.no_container(shown, "follow")
    if found.last is not None or not (found.groups or found.barred):
        return tell.no_task(service, scope.environment.name)
    if not found.groups:
        return tell_logs.not_readable(shown)
    opened = sorted_out(scope, found.groups)
    if not opened.open:
        return tell.closed(service, opened.closed) if opened.closed else tell.gone(opened.gone)
    return opened


def _since(scope: Scope, asked: LogsAsked, stretch: Between | None) -> datetime:
    """Return from when on lines are wanted. Raises ``LogsError``."""
    if stretch is not None:
        return min(stretch.since, scope.now)
    if not asked.since:
        return scope.now - BEFORE
    return asked.begins(scope.now, ZoneInfo(scope.environment.time_zone))


def _too_many(key: Key, live: list[Follow], places: tuple[str, ...]) -> Refusal | None:
    mine = [each for each in live if each.key.person == key.person]
    if len(mine) >= MOST_EACH:
        return tell.too_many(len(mine))
    every = {*places, *(place for each in live for place in each.places)}
    wanted = {_region(place) for place in places}
    if any(sum(_region(place) == region for place in every) > MOST_GROUPS for region in wanted):
        return tell.all_taken(MOST_GROUPS)
    return None


def _region(place: str) -> tuple[str, ...]:
    """Return the account and the region, which AWS counts calls by."""
    return tuple(place.split(" ")[:2])


def _stop(scope: Scope, key: Key) -> None:
    """Mark the follow as ended; the clock, which may write the row meanwhile, then says so in its message."""
    for _ in range(TRIES):
        found = next((f for f in scope.book.follows.all() if f.key == key and f.ended is None), None)
        if found is None or scope.book.follows.write(found.over(Ending.ASKED, scope.now)):
            return


def _without_time(asked: LogsAsked) -> LogsAsked:
    return LogsAsked("", asked.grep, asked.container)
