"""Whoever lacks a grant reads who can give one, and may have them asked: once, in a direct message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from handlers.ports.store import CatalogChange
from handlers.words.errors import Denied, Throttled, Trouble, Unanswered, Unsendable
from handlers.words.message import Log, Message, Offer
from handlers.words.request import Source
from handlers.words.result import Reply
from policies.access.grants import Grant
from policies.access.people import Actor, Role, SlackAccount, SlackPerson
from policies.record.lifecycle import State
from tests import telling
from tests.fakes.posts import FakePosts
from tests.golden import Golden
from tests.handlers.nights import Night
from tests.handlers.stage import Stage
from tests.handlers.wire import Killed
from tests.handlers.world import ADA, DEV, GUS, NIA, OLU, ROOT, STAGING, TEAM, VIC, World

HERE = "C0STAGING"


@pytest.fixture
def world() -> World:
    return World().catalogue()


@pytest.fixture
def posts() -> FakePosts:
    return FakePosts()


@pytest.fixture
def stage(world: World, posts: FakePosts) -> Stage:
    return Stage(world, posts=posts)


def pressed(stage: Stage, who: Actor, operation: str = "restart", target: str = "orders-api") -> Reply:
    """Press a button in the channel of staging."""
    offer = Offer("Restart", operation, "staging", target)
    (made,) = stage.store.offers.record([offer], generation=1, now=stage.world.clock.now())
    return stage.press(made, who=who, channel=HERE)


def the_ask(said: Reply) -> Offer:
    (found,) = (o for o in telling.offers(said) if o.operation == "ask")
    return found


def asked(stage: Stage, who: Actor = NIA, **rest: str) -> Reply:
    return stage.press(the_ask(pressed(stage, who, **rest)), who=who, channel=HERE)


# who is told what


def test_whoever_presses_an_environments_button_reads_who_can_give_a_grant(
    stage: Stage, golden: Golden
) -> None:
    said = pressed(stage, NIA)
    assert (telling.status(said), telling.rule(said)) == ("refused", "access.none")
    assert said.headline == golden
    assert the_ask(said).arguments == {
        "environment": "staging",
        "role": "developer",
        "what": "restart orders-api",
    }
    entry = stage.last()
    assert (entry.kind, entry.environment, entry.reason) == ("refused", "staging", "no grant on `staging`")


def test_a_command_typed_in_the_environments_channel_is_answered_the_same(stage: Stage) -> None:
    said = stage.ask("restart", "staging", "orders-api", who=NIA, channel=HERE)
    assert said.headline == pressed(stage, NIA).headline
    assert the_ask(said).label == "Ask"


@pytest.mark.parametrize(
    ("channel", "source"), [("C0OPS", "slash"), ("C0QA-EU", "slash"), ("", "slash"), (HERE, "modal")]
)
def test_elsewhere_the_environment_is_answered_as_if_it_did_not_exist(
    stage: Stage, channel: str, source: Source
) -> None:
    """What a form says of the channel it was opened in gives no right."""
    said = stage.ask("restart", "staging", "orders-api", who=NIA, channel=channel, source=source)
    none = stage.ask("restart", "nowhere", "orders-api", who=NIA, channel=channel, source=source)
    assert (telling.status(said), said.headline) == ("not found", none.headline.replace("nowhere", "staging"))
    assert telling.offers(said) == telling.offers(none) == ()


def test_an_environment_without_a_channel_is_not_revealed_where_none_is_known(
    stage: Stage, world: World
) -> None:
    world.store.catalog.write(CatalogChange(put_environments=(replace(STAGING, channel=""),)))
    assert telling.status(stage.ask("status", "staging", who=NIA, channel="")) == "not found"


def test_a_guest_is_not_told_who_can_give_a_grant(stage: Stage) -> None:
    said = pressed(stage, GUS)
    assert (telling.rule(said), telling.offers(said)) == ("people.guest", ())


def test_a_refusal_for_a_role_too_low_has_the_button_too(stage: Stage) -> None:
    said = stage.ask("restart", "staging", "orders-api", who=VIC)
    assert telling.rule(said) == "access.role"
    assert the_ask(said).arguments["role"] == "developer"


def test_a_refusal_by_the_operation_itself_has_the_button_too(golden: Golden) -> None:
    stage = Stage(Night().catalogue().scheduled(), posts=FakePosts())
    said = stage.ask("keep", "staging", who=DEV, arguments={"words": "2 d"})
    assert (telling.rule(said), the_ask(said).arguments["role"]) == ("access.bounded", "operator")
    assert telling.notes(said) == golden


def test_the_console_is_not_offered_the_button(stage: Stage) -> None:
    said = stage.ask("restart", "staging", "orders-api", who=ROOT)
    assert telling.offers(said) == ()


def test_the_button_is_missing_if_nobody_can_give_the_grant(
    stage: Stage, world: World, golden: Golden
) -> None:
    world.store.catalog.write(CatalogChange(remove_grants=(Grant(ADA.id, Role.ADMIN),)))
    said = pressed(stage, NIA)
    assert said.headline == golden
    assert telling.offers(said) == ()


def test_a_group_is_named_and_cannot_be_asked(stage: Stage, world: World, golden: Golden) -> None:
    group = Grant(f"group:{TEAM}:S0OPS", Role.ADMIN)
    change = CatalogChange(
        remove_grants=(Grant(ADA.id, Role.ADMIN),),
        put_grants=(group,),
        put_settings={"group_admins": "true"},
    )
    world.store.catalog.write(change)
    said = pressed(stage, NIA)
    assert said.headline == golden
    assert telling.offers(said) == ()


@pytest.mark.parametrize(
    "gone",
    [
        SlackAccount(TEAM, "U0ADA", "Ada", deleted=True),
        SlackAccount(TEAM, "U0ADA", "Ada", guest=True),
        SlackAccount(TEAM, "U0ADA", missing=True),
    ],
)
def test_somebody_who_has_left_is_neither_named_nor_asked(
    stage: Stage, world: World, posts: FakePosts, gone: SlackAccount
) -> None:
    world.store.catalog.write(CatalogChange(put_grants=(Grant(OLU.id, Role.ADMIN),)))
    world.people.accounts["U0ADA"] = gone
    assert "Olu can give one" in pressed(stage, NIA).headline
    asked(stage)
    assert [channel for channel, _, _ in posts.posted] == ["U0OLU"]


def test_the_owner_comes_first_if_they_can_give_the_grant(
    stage: Stage, world: World, posts: FakePosts
) -> None:
    owned = replace(STAGING, owner="U0OLU")
    world.store.catalog.write(
        CatalogChange(put_environments=(owned,), put_grants=(Grant(OLU.id, Role.ADMIN, "staging"),))
    )
    offer = the_ask(stage.ask("restart", "staging", "orders-api", who=VIC))
    stage.press(offer, who=VIC)
    assert [channel for channel, _, _ in posts.posted] == ["U0OLU"]


def test_an_owner_who_cannot_give_the_grant_is_not_asked(
    stage: Stage, world: World, posts: FakePosts
) -> None:
    world.store.catalog.write(CatalogChange(put_environments=(replace(STAGING, owner="U0DEV"),)))
    stage.press(the_ask(stage.ask("restart", "staging", "orders-api", who=VIC)), who=VIC)
    assert [channel for channel, _, _ in posts.posted] == ["U0ADA"]


# asking


def test_the_granter_is_told_who_asks_for_what_and_what_to_add(
    stage: Stage, posts: FakePosts, golden: Golden
) -> None:
    said = asked(stage)
    (channel, _, told) = posts.posted[0]
    assert (channel, told.people, told.offers) == ("U0ADA", ("U0NIA",), ())
    assert told.headline == golden(name="to Ada")
    assert _lines(told) == ("- { person: U0NIA, role: developer, environment: staging }",)
    assert telling.status(said) == "succeeded"
    assert said.headline == golden(name="to Nia")


def _lines(told: Message) -> Sequence[str]:
    (log,) = (block for block in told.blocks if isinstance(block, Log))
    return log.lines


def test_the_request_is_on_record(stage: Stage) -> None:
    asked(stage)
    started, closed = stage.entries("started", "closed")
    assert (started.operation, started.actor, started.environment) == ("ask", NIA.id, "")
    assert started.arguments["environment"] == "staging"
    assert (closed.outcome, closed.after) == ("succeeded", {"asked": {"id": "U0ADA", "name": "Ada"}})


def test_a_repeat_within_a_day_sends_nothing_and_says_so(
    stage: Stage, posts: FakePosts, golden: Golden
) -> None:
    asked(stage)
    stage.world.forward(23 * 3_600)
    again = asked(stage)
    assert (telling.status(again), len(posts.posted)) == ("unchanged", 1)
    assert again.headline == golden
    stage.world.forward(3_601)
    assert (telling.status(asked(stage)), len(posts.posted)) == ("succeeded", 2)


def test_two_buttons_pressed_together_send_one_message(stage: Stage, posts: FakePosts) -> None:
    first, second = the_ask(pressed(stage, NIA)), the_ask(pressed(stage, NIA))
    replies: list[Reply] = []

    def meanwhile(_call: str) -> None:
        posts.before_call = str
        replies.append(stage.press(second, who=NIA))

    posts.before_call = meanwhile
    stage.press(first, who=NIA)
    assert (len(posts.posted), telling.status(replies[0])) == (1, "busy")


def test_another_role_or_another_person_makes_another_request(stage: Stage, posts: FakePosts) -> None:
    asked(stage)
    asked(stage, operation="stop", target="")
    asked(stage, who=VIC)
    assert [_lines(told)[0] for _, _, told in posts.posted] == [
        "- { person: U0NIA, role: developer, environment: staging }",
        "- { person: U0NIA, role: operator, environment: staging }",
        "- { person: U0VIC, role: developer, environment: staging }",
    ]


def test_nobody_asks_for_more_than_a_few_things_a_day(stage: Stage, world: World, posts: FakePosts) -> None:
    places = tuple(replace(STAGING, name=f"pr-{n}", channel=f"C0PR{n}") for n in range(6))
    world.store.catalog.write(CatalogChange(put_environments=places))
    for place in places:
        said = stage.ask("status", place.name, who=NIA, channel=place.channel)
        last = stage.press(the_ask(said), who=NIA)
    assert (telling.rule(last), len(posts.posted)) == ("ask.often", 5)


def test_whoever_has_the_role_by_now_asks_nobody(stage: Stage, world: World, posts: FakePosts) -> None:
    offer = the_ask(pressed(stage, NIA))
    world.store.catalog.write(CatalogChange(put_grants=(Grant(NIA.id, Role.OPERATOR, "staging"),)))
    assert (telling.status(stage.press(offer, who=NIA)), posts.posted) == ("unchanged", [])


def test_nobody_is_asked_about_an_environment_that_is_gone(
    stage: Stage, world: World, posts: FakePosts
) -> None:
    offer = the_ask(pressed(stage, NIA))
    world.store.catalog.write(CatalogChange(remove_environments=("staging",)))
    assert (telling.status(stage.press(offer, who=NIA)), posts.posted) == ("unchanged", [])


@pytest.mark.parametrize(
    "refusal",
    [
        Unsendable("I cannot see that channel.", code="channel_not_found"),
        Denied("Slack refused chat.postMessage: missing_scope.", code="missing_scope"),
    ],
)
def test_a_direct_message_refused_by_slack_is_told_and_may_be_repeated(
    stage: Stage, posts: FakePosts, refusal: Trouble, golden: Golden
) -> None:
    posts.closed["U0ADA"] = refusal
    said = asked(stage)
    assert (telling.status(said), stage.last().outcome) == ("failed", "failed")
    assert said.headline == golden
    posts.closed.clear()
    assert (telling.status(asked(stage)), len(posts.posted)) == ("succeeded", 1)


def test_a_request_whose_answer_is_lost_is_not_sent_a_second_time(stage: Stage, posts: FakePosts) -> None:
    posts.closed["U0ADA"] = Unanswered("Slack did not answer.", retry_helps=True)
    asked(stage)
    posts.closed.clear()
    for _ in range(20):
        stage.forward(30)
    assert (stage.operation().state.ended, posts.posted) == (True, [])
    assert telling.status(asked(stage)) == "unchanged", "it may have come"


def test_a_request_is_sent_later_if_slack_asks_to_wait(stage: Stage, posts: FakePosts) -> None:
    posts.closed["U0ADA"] = Throttled("Slack asks to wait 30 s.", retry_helps=True)
    asked(stage)
    posts.closed.clear()
    for _ in range(4):
        stage.forward(30)
    assert (stage.operation().state, len(posts.posted)) == (State.SUCCEEDED, 1)


class Deadly(FakePosts):
    """The process is killed after the message has gone out, before that is recorded."""

    def post(self, channel: str, said: Message) -> str:
        super().post(channel, said)
        raise Killed


def test_a_request_sent_before_a_kill_is_not_sent_again(world: World) -> None:
    posts = Deadly()
    first = Stage(world, posts=posts)
    offer = the_ask(pressed(first, NIA))
    with pytest.raises(Killed):
        first.press(offer, who=NIA)
    second = Stage(world, holder="two", posts=posts)
    world.forward(31)
    for _ in range(20):
        second.forward(30)
    assert (second.operation().state, len(posts.posted)) == (State.INTERRUPTED, 1)
    assert telling.status(second.press(the_ask(pressed(second, NIA)), who=NIA)) == "unchanged"


# typed


@pytest.mark.parametrize("who", [NIA, DEV, VIC, ADA])
def test_the_typed_command_says_who_can_give_more(stage: Stage, who: SlackPerson, golden: Golden) -> None:
    said = stage.ask("ask", who=who)
    assert said.headline == golden
    if who in (DEV, VIC):
        assert telling.table(said).rows == golden(name=f"rows of {who.user}")
