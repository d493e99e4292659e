"""`/env follow` and the button **Follow**: who may begin, what is recorded, and what cannot be followed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from handlers.follow import MOST_GROUPS
from handlers.ports.store import CatalogChange
from handlers.words.errors import StoreLost
from handlers.words.result import Answer, Failure, NotUnderstood, Refusal
from policies.access.people import SlackPerson
from policies.logs.routes import Route
from tests import telling
from tests.fakes.aws import START
from tests.golden import Golden
from tests.handlers.stage import Stage, request
from tests.handlers.test_logs import GROUP, ask, labels, offer, said, stream
from tests.handlers.world import ADA, DEV, NIA, OLU, ROOT, VIC, World, service

__all__ = ["said"]


def test_the_answer_of_logs_has_the_button_between_older_and_share(stage: Stage, world: World) -> None:
    world.aws().logs.say(GROUP, stream(1), START, *(f"line {n}" for n in range(60)), apart=0.1)
    answer = ask(stage, "since 1h grep line")
    assert labels(answer) == ["Older", "Follow", "Share in channel"]
    older = stage.press(offer(answer, "Older"))
    assert "Follow" not in labels(older)


def test_the_press_begins_with_the_lines_that_were_shown_and_is_recorded(
    stage: Stage, said: World, golden: Golden
) -> None:
    begun = stage.press(offer(ask(stage, "since 1h grep line"), "Follow"))
    assert begun.headline == golden
    (row,) = stage.store.book.follows.all()
    assert (row.key.lines, row.since) == ('grep "line"', START - timedelta(seconds=9))
    entries = stage.entries("read")
    assert [(e.operation, e.target) for e in entries] == [("logs", "orders-api"), ("follow", "orders-api")]
    assert entries[1].arguments["lines"] == 'grep "line"'


def test_what_is_typed_begins_a_minute_ago_or_when_the_person_says(stage: Stage, said: World) -> None:
    stage.ask("follow", "staging", "orders-api")
    stage.ask("follow", "staging", "orders-api", arguments={"lines": "since 10m grep a"})
    assert [row.since for row in stage.store.book.follows.all()] == [
        START - timedelta(minutes=1),
        START - timedelta(minutes=10),
    ]


def test_the_same_thing_is_followed_once_by_each_person(stage: Stage, said: World, golden: Golden) -> None:
    for lines in ("grep line", "since 5m grep line"):
        again = stage.ask("follow", "staging", "orders-api", arguments={"lines": lines})
    assert again.headline == golden
    stage.ask("follow", "staging", "orders-api", arguments={"lines": "grep line"}, who=VIC)
    assert len(stage.store.book.follows.all()) == 2


def test_nothing_is_followed_that_was_not_recorded(stage: Stage, said: World) -> None:
    def lost(call: str) -> None:
        if call == "audit.append":
            raise StoreLost("The database did not answer.")

    stage.store.memory.before_call = lost
    reply = stage.gate.handle(request("follow", "staging", "orders-api"))
    stage.store.memory.before_call = str
    assert isinstance(reply, Failure)
    assert not stage.store.book.follows.all()


def test_whoever_may_not_read_the_log_may_not_follow_it(stage: Stage, said: World) -> None:
    assert isinstance(stage.ask("follow", "staging", "orders-api", who=NIA), Refusal)
    stage.store.catalog.write(CatalogChange(put_settings={"logs_role": "developer"}))
    assert isinstance(stage.ask("follow", "staging", "orders-api", who=VIC), Refusal)
    assert not stage.store.book.follows.all()


def test_at_a_terminal_nothing_can_be_followed(stage: Stage, said: World, golden: Golden) -> None:
    grants = [replace(g, subject=ROOT.id) for g in stage.store.catalog.read().grants if g.subject == DEV.id]
    stage.store.catalog.write(CatalogChange(put_grants=tuple(grants)))
    refused = stage.ask("follow", "staging", "orders-api", who=ROOT, source="console")
    assert (refused.headline, telling.status(refused)) == golden
    assert stage.kinds() == ["refused"]
    assert "Follow" not in labels(ask(stage, who=ROOT, source="console"))
    assert not stage.store.book.follows.all()


def test_a_class_that_cannot_be_filtered_is_not_followed(stage: Stage, said: World, golden: Golden) -> None:
    said.aws().logs.classes[GROUP] = "INFREQUENT_ACCESS"
    assert "Follow" not in labels(ask(stage))
    assert stage.ask("follow", "staging", "orders-api").headline == golden
    assert not stage.store.book.follows.all()


def test_a_group_that_cannot_be_filtered_is_named_beside_one_that_can(
    stage: Stage, said: World, golden: Golden
) -> None:
    app = Route("app", True, "awslogs", GROUP, "ecs", "eu-west-1")
    said.aws().services.route("revision", app, replace(app, container="rare", group="/rare"))
    said.aws().logs.classes["/rare"] = "INFREQUENT_ACCESS"
    begun = stage.ask("follow", "staging", "orders-api")
    assert (begun.headline, telling.notes(begun)) == golden
    (row,) = stage.store.book.follows.all()
    assert [place.rsplit(" ", 1)[1] for place in row.places] == [GROUP]


def test_where_no_task_runs_there_is_nothing_to_follow(stage: Stage, said: World, golden: Golden) -> None:
    facts = said.aws().services.known()["orders-api"]
    stopped = tuple(replace(t, last_status="STOPPED", stopped_at=START) for t in facts.tasks)
    said.aws().services.change("orders-api", tasks=stopped)
    assert "Follow" not in labels(ask(stage))
    assert stage.ask("follow", "staging", "orders-api").headline == golden


def test_a_group_that_is_gone_or_not_readable_is_said(stage: Stage, world: World, golden: Golden) -> None:
    assert stage.ask("follow", "staging", "orders-api").headline == golden(name="gone")
    world.aws().services.route("revision", Route("app", driver="splunk"))
    assert stage.ask("follow", "staging", "orders-api").headline == golden(name="unreadable")


def test_what_does_not_fit_is_answered_in_words(stage: Stage, said: World, golden: Golden) -> None:
    for lines in ("container envoy", "since 20 days"):
        reply = stage.ask("follow", "staging", "orders-api", arguments={"lines": lines})
        assert telling.headline(reply) == golden(name=lines.split()[0])
    assert isinstance(
        stage.ask("follow", "staging", "orders-api", arguments={"lines": "banana"}), NotUnderstood
    )


def test_one_person_follows_few_logs_at_once(stage: Stage, said: World, golden: Golden) -> None:
    for word in ("a", "b", "c", "d"):
        reply = stage.ask("follow", "staging", "orders-api", arguments={"lines": f"grep {word}"})
    assert isinstance(reply, Refusal)
    assert (reply.headline, telling.status(reply)) == golden
    assert len(stage.store.book.follows.all()) == 3


def test_few_groups_of_an_account_and_region_are_followed_at_once(
    stage: Stage, world: World, golden: Golden
) -> None:
    people = [ADA, OLU, DEV, VIC]
    for number in range(MOST_GROUPS + 1):
        name = f"api-{number}"
        world.aws().services.put(service(name))
        world.aws().logs.say(f"/staging/{name}", stream(1), START, "line")
        world.aws().logs.say(f"/staging/{name}", stream(2), START, "line")
        who: SlackPerson = people[number // 3] if number < MOST_GROUPS else _another(stage)
        reply = stage.ask("follow", "staging", name, who=who)
        assert isinstance(reply, Answer) == (number < MOST_GROUPS)
    assert (reply.headline, telling.status(reply)) == golden
    name = "api-0"
    assert isinstance(stage.ask("follow", "staging", name, who=_another(stage)), Answer)


def test_a_stop_of_what_nobody_follows_is_harmless(stage: Stage, said: World, golden: Golden) -> None:
    stop = {"stop": "yes"}
    assert stage.ask("follow", "staging", "orders-api", arguments=stop).headline == golden


def test_what_cannot_be_followed_is_not_recorded_as_read(stage: Stage, said: World) -> None:
    """Nothing was read where no task runs, nothing can be filtered, or nobody followed anything."""
    stage.ask("follow", "staging", "orders-api", arguments={"stop": "yes"})
    said.aws().logs.classes[GROUP] = "INFREQUENT_ACCESS"
    stage.ask("follow", "staging", "orders-api")
    ask(stage)
    said.aws().services.route("revision", Route("app", driver="splunk"))
    stage.ask("follow", "staging", "orders-api")
    ask(stage)
    said.aws().services.change("orders-api", tasks=())
    stage.ask("follow", "staging", "orders-api")
    ask(stage)
    assert stage.entries("read") == []


def test_what_is_followed_already_is_recorded_once(stage: Stage, said: World) -> None:
    for _ in range(2):
        stage.ask("follow", "staging", "orders-api")
    assert [e.operation for e in stage.entries("read")] == ["follow"]


def _another(stage: Stage) -> SlackPerson:
    """Nia, with a grant."""
    grants = [replace(g, subject=NIA.id) for g in stage.store.catalog.read().grants if g.subject == VIC.id]
    stage.store.catalog.write(CatalogChange(put_grants=tuple(grants)))
    return NIA
