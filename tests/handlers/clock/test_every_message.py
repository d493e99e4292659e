"""Every kind of thing that has a message; no message says anything false, whatever anybody does."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

import handlers
from handlers.ports.live import Thing
from handlers.ports.store import CatalogChange
from handlers.words.message import Message, Offer, Status
from policies.record.evidence import Entry
from policies.record.lifecycle import MENDABLE, WHOLE
from policies.schedule.overrides import Override
from policies.schedule.rows import governing
from policies.schedule.schedule import parse
from policies.service.environment import Bound
from tests.fakes.posts import FakePosts
from tests.handlers.clock.stage import ClockStage, at, scheduled
from tests.handlers.clock.test_afterlife import Channel, burst, keep, minutes
from tests.handlers.clock.test_notice_true import reschedule, unschedule
from tests.handlers.stage import REGISTRY
from tests.handlers.world import DEV, OLU, PRODUCTION, QA, STAGING, World

POSTS = {
    "clock/follows.py": "a log that somebody follows: drawn again until it is over, in a direct message",
    "clock/live.py": "each of handlers.ports.live.Thing: drawn again until it is over",
    "clock/notices.py": "tonight's stop: drawn again until it is over; what could not begin: told once",
    "clock/digest.py": "which digests could not be posted: told once",
    "steps/ask.py": "who asks whom for a grant: a direct message, told once",
    "weekly/posting.py": "a week's digest: of that week; its findings as in clock/live.py",
}
"""Every file that posts a message outside an operation, and how that message stays true."""
LIVES = {"keep", "pause", "start"}
"""Operations whose keep lasts beyond them."""
MOVES = {"start", "stop"}
"""Operations that are tried again if they were made only in part."""


def test_every_file_that_posts_is_listed_with_how_its_message_stays_true() -> None:
    root = Path(handlers.__file__).parent
    found = {str(path.relative_to(root)) for path in root.rglob("*.py") if _posts(path)}
    assert found == set(POSTS)


def _posts(path: Path) -> bool:
    calls = (node.func for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call))
    return any(isinstance(call, ast.Attribute) and call.attr in ("post", "direct") for call in calls)


def test_every_operation_with_a_lasting_effect_is_listed() -> None:
    declared = REGISTRY.operations.values()
    assert {o.name for o in declared if o.undone_by} == LIVES
    assert {o.name for o in declared if o.brings} == MOVES
    assert {o.name for o in declared if o.reversible} == {"flag", "rollback", "scale"}
    noticed = {"keep", "pause", "resume", "leave", "stop", "end", "withdraw"}
    assert {o.name for o in declared if o.noticed} == noticed
    assert {thing.value for thing in Thing} == {"drift", "budget", "orphan", "digest"}


def messages(stage: ClockStage, channel: Channel) -> Iterator[Message]:
    yield from channel.shown.values()
    yield from stage.posts.stands.values()


def false(stage: ClockStage, said: Message) -> list[str]:
    """Return what a message says or offers that is false, judged by the world and not by the code that drew
    the message.
    """
    found = [*_falsely_offered(stage, said), *_falsely_said(stage, said), *_falsely_announced(stage, said)]
    return [f"{said.headline} {one}" for one in found]


def _falsely_offered(stage: ClockStage, said: Message) -> Iterator[str]:
    now, overrides = stage.world.clock.now(), _overrides(stage)
    ended_by = {
        "Undo": [o.id for o in overrides if o.holds(now)],
        "Cancel": [o.id for o in overrides if o.waits(now)],
    }
    moved = [o for o in stage.operations() if o.name in MOVES and o.target == WHOLE]
    for offer in said.offers:
        ends, given = ended_by.get(offer.label.split()[0], []), offer.arguments
        if stage.store.catalog.read().environment(offer.environment) is None:
            yield f"{offer.label}: no such environment"
        if offer.operation == "resume" and given["override"] not in ends:
            yield f"{offer.label}: nothing is kept"
        if "expected" in given and str(stage.desired()[offer.target]) != given["expected"]:
            yield f"{offer.label}: the count is another"
        if "retry_of" in given and (not moved or moved[-1].state not in MENDABLE):
            yield f"{offer.label}: nothing is left to be tried"
        if offer.operation in ("pause", "stop") and not any(stage.desired().values()):
            yield f"{offer.label}: it is stopped"


def _falsely_said(stage: ClockStage, said: Message) -> Iterator[str]:
    now, overrides = stage.world.clock.now(), _overrides(stage)
    held, planned = [o for o in overrides if o.holds(now)], [o for o in overrides if o.waits(now)]
    if said.status is Status.KEPT_ON and said.offers and not held:
        yield "nobody keeps it on"
    if "stays on until" in said.headline and not held:
        yield "nobody keeps it on"
    against = [o for o in planned for h in held if o.state != h.state and now < o.since < h.end]
    if "stays on until" in said.headline and against and "begins" not in said.headline:
        yield "a plan ends it before"
    if "will be kept" in said.headline and not planned:
        yield "nothing is planned"
    for words, found in (
        (r"is kept on by (\w+)", [o for o in held if o.state == "up"]),
        (r"to be kept on by (\w+)", [o for o in planned if o.state == "up"]),
        (r"because (\w+) planned to keep it off", [o for o in (*held, *planned) if o.state == "down"]),
    ):
        named = re.search(words, said.headline)
        if named and named[1] not in {o.actor_name for o in found}:
            yield f"{named[1]} does not"


def _falsely_announced(stage: ClockStage, said: Message) -> Iterator[str]:
    if said.status is Status.STOPPING_SOON and not _stops(stage):
        yield "nothing stops it"
    if said.status is Status.STOPPING_SOON and _stays_on(stage, said):
        yield "it is to be kept on then"
    if "its schedule no longer has a stop then" in said.headline and _has_stop(stage, said):
        yield "the schedule has that stop"


def _overrides(stage: ClockStage) -> Sequence[Override]:
    return stage.store.book.overrides.current(stage.world.clock.now())


def _stops(stage: ClockStage) -> bool:
    """Return whether a schedule still acts on the environment, and nobody keeps it on."""
    state, now = stage.store.catalog.read(), stage.world.clock.now()
    environment = state.environment("staging")
    row = governing(environment, state.schedules) if environment else None
    if row is None:
        return False
    edges = parse(row.text).edges(now - timedelta(minutes=15), now + timedelta(hours=1))
    overrides = stage.store.book.overrides.recent(now - timedelta(hours=1))
    turns = [o.end if o.state == "up" else o.since for o in overrides]
    turned = any(now - timedelta(minutes=15) <= at <= now + timedelta(hours=1) for at in turns)
    return turned or any(edge.action == "down" for edge in edges)


def _stop_of(stage: ClockStage, said: Message) -> datetime | None:
    """Return the time of the stop that a notice is about; ``None`` if the message is no notice."""
    notices = stage.store.book.notices.since(stage.world.clock.now() - timedelta(days=9))
    stands = stage.posts.stands
    return next((n.stop_at for n in notices if n.ts in stands and stands[n.ts] is said), None)


def _stays_on(stage: ClockStage, said: Message) -> bool:
    """Return whether somebody keeps it on, or is to keep it on, beyond the time of the stop."""
    now, at = stage.world.clock.now(), _stop_of(stage, said)
    late = [o for o in _overrides(stage) if o.begun or now < o.since]
    covers = [o for o in late if at is not None and o.since <= at < o.end]
    last = max(covers, key=lambda o: (o.since, o.id), default=None)
    return last is not None and last.state == "up"


def _has_stop(stage: ClockStage, said: Message) -> bool:
    """Return whether the schedule has a stop at the time that a notice is about."""
    state, at = stage.store.catalog.read(), _stop_of(stage, said)
    environment = state.environment("staging")
    row = governing(environment, state.schedules) if environment else None
    if row is None or at is None:
        return False
    return any(edge.action == "down" for edge in parse(row.text).edges(at, at + timedelta(seconds=1)))


def removed(stage: ClockStage) -> None:
    """The environment is removed by hand, in the file."""
    stage.store.catalog.write(CatalogChange(remove_environments=("staging",)))
    stage.store.audit.append(Entry(stage.world.clock.at, "closed", "console:ada", "Ada", "console", "apply"))


def drifts(stage: ClockStage) -> None:
    web = stage.world.aws("staging").services
    web.change("web", desired=2)
    stage.until(stage.world.clock.now() + timedelta(minutes=20))


def presses(stage: ClockStage, channel: Channel, number: int) -> None:
    """Press a button of any message that stands, as Olu, and confirm what the bot asks first."""
    offers: list[Offer] = [offer for said in messages(stage, channel) for offer in said.offers]
    if offers:
        offer = offers[number % len(offers)]
        rest = {"arguments": offer.arguments, "who": OLU}
        stage.sure(offer.operation, offer.environment, offer.target, **rest)


def scales(stage: ClockStage, count: int) -> None:
    arguments = {"count": str(count)}
    stage.ask("scale", "staging", "orders-api", who=OLU, arguments=arguments)


DOINGS: dict[str, Callable[[ClockStage], object]] = {
    "keep": lambda stage: keep(stage, "3h"),
    "burst": burst,
    "longer": lambda stage: keep(stage, "until tomorrow 01:00", who=OLU),
    "planned": lambda stage: keep(stage, "today 20:15-22:30"),
    "planned over the stop": lambda stage: keep(stage, "today 19:50-22:30", who=OLU),
    "planned from the stop": lambda stage: keep(stage, "today 20:00-21:15"),
    "planned off before the stop": lambda stage: keep(stage, "off today 19:50-21:00", who=OLU),
    "planned off": lambda stage: keep(stage, "off tomorrow 10:00-11:00", who=OLU),
    "night": lambda stage: keep(stage, "tomorrow 00:30-01:00"),
    "pause": lambda stage: stage.ask("pause", "staging", who=DEV),
    "resume": lambda stage: stage.ask("resume", "staging", who=OLU),
    "stop": lambda stage: stage.sure("stop", "staging", who=OLU),
    "start": lambda stage: stage.ask("start", "staging", who=DEV),
    "off": lambda stage: keep(stage, "off 2h", who=OLU),
    "later": lambda stage: reschedule(stage, "Mon-Fri 08:00-22:00 UTC"),
    "back": lambda stage: reschedule(stage, "Mon-Fri 08:00-20:00 UTC"),
    "no schedule": unschedule,
    "more tasks": lambda stage: scales(stage, 4),
    "fewer tasks": lambda stage: scales(stage, 1),
    "removed": removed,
    "drift": drifts,
    "minutes": lambda stage: stage.until(stage.world.clock.now() + timedelta(minutes=20)),
    "evening": lambda stage: stage.until(stage.world.clock.now().replace(hour=19, minute=35)),
    "hours": lambda stage: stage.until(stage.world.clock.now() + timedelta(hours=3)),
}
STEPS = st.one_of(st.sampled_from(sorted(DOINGS)), st.integers(0, 5))


@settings(max_examples=25)
@given(st.lists(STEPS, min_size=2, max_size=6))
def test_no_message_is_false_a_tick_after_anybody_does_anything(steps: list[str | int]) -> None:
    world = World().catalogue(replace(STAGING, scale=(Bound("orders-api", 0, 6),)), QA, PRODUCTION)
    world.clock.at = at(18, 59)
    stage = ClockStage(scheduled(world, origin="slack"), posts=FakePosts())
    stage.until(at(19, 31))
    channel = Channel(stage)
    for step in steps:
        presses(stage, channel, step) if isinstance(step, int) else DOINGS[step](stage)
        minutes(stage, channel, 3)  # notices are edited one by one, one in a tick
        if stage.running():
            minutes(stage, channel, 5)
        assert [one for said in messages(stage, channel) for one in false(stage, said)] == []
        assert channel.untrue() == []
        assert channel.untold() == []
