"""What a followed log says: in the answer to whoever begins, and in the direct message that goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo
from typing import assert_never
from zoneinfo import ZoneInfo

from handlers.ports.follows import Ending, Follow, Key
from handlers.ports.scope import Scope
from handlers.tell.logs import log
from handlers.words.message import Message, Offer, Status, Text, blocks
from handlers.words.result import Answer, Refusal
from policies.access.decision import refuse
from policies.logs.asked import logs_asked
from policies.logs.routes import Group
from policies.schedule.standing import said_in_full

MINUTES = 5
HURRIED = "AWS allows few such calls a second."
DEFECT = "Something broke here and is in the log of the bot."
TWICE = (
    "Slack's answer to the first post of this message was lost, so another message about the same log may "
    "stand above; only this one is up to date."
)
WHERE = "in your direct messages with Lamplighter"


def not_in_slack() -> Refusal:
    told = "A log can be followed only from Slack, because its lines go to a direct message."
    return Refusal(refuse("logs.outside-slack", told))


def no_task(service: str, environment: str) -> Answer:
    told = f"No task of `{service}` runs in `{environment}` now, so there is nothing to follow."
    return Answer(told, nothing=True)


def closed(service: str, groups: Sequence[tuple[Group, str]]) -> Answer:
    name, kind = groups[0][0].name, groups[0][1]
    return Answer(
        f"The log of `{service}` cannot be followed: its log group `{name}` has the class {kind}, "
        "whose lines AWS does not let anybody filter.",
        nothing=True,
    )


def gone(groups: Sequence[Group]) -> Answer:
    told = f"The log group `{groups[0].name}` does not exist, so there is nothing to follow."
    return Answer(told, nothing=True)


def too_many(count: int) -> Refusal:
    told = f"You are already following {count} logs. Stop one of them first, or wait until it ends by itself."
    return Refusal(refuse("logs.follows", told))


def all_taken(most: int) -> Refusal:
    told = (
        f"{most} log groups of that account and region are being followed already, and AWS allows few such "
        f"calls a second. Try again in a few minutes: each ends within {MINUTES}."
    )
    return Refusal(refuse("logs.groups", told))


def already(scope: Scope, known: Follow) -> Answer:
    told = f"You are already following {_what(known.key)} until {_at(scope, known.ends)}, {WHERE}."
    return Answer(told, nothing=True)


def begun(
    scope: Scope, made: Follow, closed: Sequence[tuple[Group, str]], *, then: Callable[[], object]
) -> Answer:
    notes = tuple(
        f"The log group `{group.name}` is not followed, because AWS does not let anybody filter lines of the "
        f"class {kind}."
        for group, kind in closed
    )
    said = f"You are following {_what(made.key)} until {_at(scope, made.ends)}, {WHERE}."
    return Answer(said, blocks(Text(notes)), then=then)


def stopping(key: Key, known: Follow | None) -> str:
    if known is None:
        return f"You no longer follow {_what(key)}."
    return f"You stopped following {_what(key)}."


def live(follow: Follow, zone: tzinfo, now: datetime, note: str = "") -> Message:
    """Draw the message while the log is followed. ``note``: why it could not be read just now."""
    stop = Offer(
        "Stop following",
        "follow",
        environment=follow.key.environment,
        target=follow.key.service,
        arguments=_arguments(follow.key),
        once=False,
        id=follow.offer,
    )
    said = f"Following {_what(follow.key)} until {said_in_full(follow.ends, zone, now)}."
    notes = _notes(follow) if follow.shown.count else ("No line has come yet.", *_notes(follow))
    notes += (f"The log could not be read just now. {note}",) if note else ()
    body = blocks(log(follow.key.service, follow.shown.lines, zone), Text(notes))
    return Message(Status.RUNNING, said, body, (stop,), tells=True)


def over(follow: Follow, zone: tzinfo) -> Message:
    """Draw the message once the log is no longer followed. Its lines stay: Slack takes no edit that puts
    another block in place of theirs (facts/slack 1.8).
    """
    assert follow.ended is not None
    at = said_in_full(follow.ended_at or follow.ends, zone, follow.ended_at or follow.ends)
    body = blocks(log(follow.key.service, follow.shown.lines, zone), Text(_notes(follow)))
    return Message(Status.ANSWERED, _ended(follow, follow.ended, at), body)


def _ended(follow: Follow, ending: Ending, at: str) -> str:
    what, key, came = _what(follow.key), follow.key, _count(follow.shown.count)
    match ending:
        case Ending.TIME:
            return f"You followed {what} for {MINUTES} minutes, until {at}: {came}."
        case Ending.ASKED:
            return f"You stopped following {what} at {at}: {came}."
        case Ending.NO_TASK:
            gone = f"No task of `{key.service}` runs in `{key.environment}` any more."
            return f"{gone} You followed its log until {at}: {came}."
        case Ending.NO_LOG:
            gone = f"The log group of `{key.service}` in `{key.environment}` cannot be read any more."
            return f"{gone} You followed the log until {at}: {came}."
        case Ending.NO_GRANT:
            return f"You may no longer read {what}. You followed it until {at}."
        case Ending.REMOVED:
            return f"`{key.environment}` is no longer in the catalog. You followed {what} until {at}."
        case Ending.UNREAD:
            missing = "AWS did not answer at the end, so the last lines may be missing."
            return f"You followed {what} until {at}: {came}. {missing}"
    assert_never(ending)


def _notes(follow: Follow) -> tuple[str, ...]:
    earlier, notes = follow.shown.earlier, []
    if earlier:
        notes.append(f"… {earlier:,} earlier line{'s' if earlier > 1 else ''}")
    if follow.shown.skipped:
        notes.append("More was written than could be read, so some lines are missing.")
    if follow.tries > 1:
        notes.append(TWICE)
    return tuple(notes)


def _what(key: Key) -> str:
    """*the lines with `timeout` in the log of `orders-api` in `staging`*."""
    asked = logs_asked(key.lines)
    inside = f" (container `{asked.container}`)" if asked.container else ""
    held = f"the lines with `{asked.grep}` in " if asked.grep else ""
    return f"{held}the log of `{key.service}`{inside} in `{key.environment}`"


def _count(count: int) -> str:
    return "one line" if count == 1 else f"{count:,} lines" if count else "no line"


def _at(scope: Scope, instant: datetime) -> str:
    return said_in_full(instant, ZoneInfo(scope.environment.time_zone), scope.now)


def _arguments(key: Key) -> dict[str, str]:
    return {"stop": "yes"} | ({"lines": key.lines} if key.lines else {})
