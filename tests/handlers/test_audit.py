"""`/env audit`: what was asked, decided and done where the actor is a developer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from handlers.typed.reading import read
from handlers.typed.room import Room
from handlers.typed.values import Parsed
from handlers.words.result import Answer, Reply
from tests import telling
from tests.golden import Golden
from tests.handlers.stage import REGISTRY, Stage
from tests.handlers.world import ADA, DEV, GUS, NIA, OLU, VIC, World


def rows(answer: Reply) -> list[tuple[str, ...]]:
    return list(telling.table(answer).rows)


def test_the_latest_entries_come_newest_first(stage: Stage, world: World, golden: Golden) -> None:
    stage.ask("restart", "staging", "orders-api")
    stage.finish()
    answer = stage.ask("audit")
    assert answer.headline == golden
    assert [r[:4] for r in rows(answer)] == [
        ("2", "2026-03-02 09:00 UTC", "Dev", "restart staging orders-api"),
        ("1", "2026-03-02 09:00 UTC", "Dev", "restart staging orders-api"),
    ]
    assert [r[4] for r in rows(answer)] == golden
    assert telling.notes(answer) == ()


def test_only_developers_of_an_environment_read_its_entries(stage: Stage, golden: Golden) -> None:
    stage.ask("restart", "staging", "orders-api")
    for who in (VIC, NIA):
        nowhere = stage.ask("audit", who=who)
        assert telling.status(nowhere) == "refused"
        assert nowhere.headline == golden(name="of none")
    answer = stage.ask("audit", who=VIC, arguments={"environment": "staging"})
    assert telling.status(answer) == "refused"
    assert answer.headline == golden(name="of one")
    unknown = stage.ask("audit", arguments={"environment": "production"})
    assert unknown.headline.replace("production", "atlantis") == (
        stage.ask("audit", arguments={"environment": "atlantis"}).headline
    )


def test_entries_of_environments_i_may_not_view_are_not_mine_to_read(stage: Stage, world: World) -> None:
    stage.ask("restart", "production", "web", who=ADA)
    stage.ask("restart", "staging", "web", who=OLU)
    assert [r[3] for r in rows(stage.ask("audit"))] == ["restart staging web"]
    assert [r[3] for r in rows(stage.ask("history", who=ADA))] == [
        "restart staging web",
        "restart production web",
    ]


def test_the_true_reason_of_a_refusal_is_for_admins(stage: Stage) -> None:
    stage.ask("restart", "staging", "web", who=VIC)
    assert [r[4] for r in rows(stage.ask("audit", who=DEV))] == ["refused"]
    (shown,) = rows(stage.ask("audit", who=ADA))
    (refused,) = stage.entries("refused")
    assert shown[4] == f"refused: {refused.reason}"


def test_one_operation_is_found_by_its_id_with_how_it_was_asked_for(
    stage: Stage, world: World, golden: Golden
) -> None:
    stage.ask("restart", "staging", "web", who=OLU)
    stage.finish()
    first = stage.operation().id
    stage.ask("restart", "staging", "orders-api")
    stage.finish()
    found = stage.ask("audit", arguments={"operation": first.upper()})
    assert {r[3] for r in rows(found)} == {"restart staging web"}
    assert len(rows(found)) == 2
    assert first in found.headline
    assert telling.notes(found) == golden


def test_an_operation_i_may_not_read_is_answered_as_if_it_did_not_exist(stage: Stage, world: World) -> None:
    stage.ask("restart", "staging", "web", who=OLU)
    mine = stage.entries("started")[0]
    theirs = "261128t220235-0000000000"
    world.store.audit.append(replace(mine, environment="production", operation_id=theirs))
    for who in (DEV, OLU, VIC, NIA):
        hidden = stage.ask("audit", who=who, arguments={"operation": theirs})
        nothing = stage.ask("audit", who=who, arguments={"operation": "261128t220235-1769f7a262"})
        assert hidden == nothing
        assert "production" not in repr(hidden)
    assert telling.tables(stage.ask("audit", who=ADA, arguments={"operation": theirs}))


def test_an_id_among_the_words_is_taken_for_one(stage: Stage) -> None:
    id = "261128t220235-1769f7a262"
    room = Room(REGISTRY, "/env", stage.gate.names(DEV, "C0STAGING"))
    for line in (f"audit {id}", f"audit staging {id}", f"audit {id} staging", f"audit operation={id}"):
        parsed = read(line, room)
        assert isinstance(parsed, Parsed), parsed
        assert parsed.arguments["operation"] == id
    assert stage.ask("audit", arguments={"operation": "DROP TABLE;"}).headline.startswith("`DROP TABLE;`")


def test_a_count_of_refusals_is_shown(stage: Stage, world: World) -> None:
    for _ in range(4):
        stage.ask("status", "staging", who=GUS)
    world.forward(61)
    world.store.audit.settle(world.clock.now())
    assert [r[4] for r in rows(stage.ask("audit"))] == ["refused (3 times)", "refused"]


def test_one_environment_and_one_operation_can_be_asked_for(stage: Stage, world: World) -> None:
    stage.ask("restart", "staging", "web")
    stage.ask("redeploy", "staging", "orders-api", who=VIC)
    stage.ask("restart", "qa-eu", "web", who=VIC)
    assert len(rows(stage.ask("audit", arguments={"environment": "STAGING"}))) == 2
    found = stage.ask("audit", arguments={"environment": "staging", "operation": "redeploy"})
    assert [r[3] for r in rows(found)] == ["redeploy staging orders-api"]


def test_entries_without_an_environment_are_for_admins_of_the_installation(
    stage: Stage, world: World
) -> None:
    stage.ask("audit", who=GUS)
    nothing = stage.ask("audit", who=OLU)
    assert isinstance(nothing, Answer) and nothing.blocks == ()
    assert len(rows(stage.ask("audit", who=ADA))) == 1


def test_a_button_shows_older_entries_and_may_be_pressed_again(stage: Stage, world: World) -> None:
    for _ in range(23):
        stage.ask("restart", "staging", "web", who=VIC)
        world.forward(2)
    world.forward(60)
    pages = [stage.ask("audit", arguments={"environment": "staging"})]
    while telling.offers(pages[-1]):
        assert [o.label for o in telling.offers(pages[-1])] == ["Older"]
        pages.append(stage.press(telling.offers(pages[-1])[0]))
    assert [[int(r[0]) for r in rows(p)] for p in pages] == [
        list(range(23, 13, -1)),
        list(range(13, 3, -1)),
        [3, 2, 1],
    ]
    assert rows(stage.press(telling.offers(pages[0])[0])) == rows(pages[1])


def test_an_answer_without_entries_says_so(stage: Stage, golden: Golden) -> None:
    assert stage.ask("audit").headline == golden
    assert stage.ask("audit", arguments={"before": "1"}).headline == golden


def test_entries_can_be_narrowed_to_some_days_or_a_person(stage: Stage, world: World) -> None:
    stage.ask("restart", "staging", "web", who=OLU)
    stage.finish()
    world.clock.at += timedelta(days=1)
    stage.ask("restart", "staging", "orders-api")
    stage.finish()

    def who(line: str) -> set[str]:
        parsed = read(line, Room(REGISTRY, "/env", stage.gate.names(DEV, "C0STAGING")))
        assert isinstance(parsed, Parsed), parsed
        reply = stage.ask(parsed.operation, arguments=dict(parsed.arguments))
        return {row[2] for row in rows(reply)} if telling.tables(reply) else set()

    assert who("audit today") == who("audit staging today") == who("today audit staging") == {"Dev"}
    assert who("audit yesterday") == who("audit <@U0OLU>") == who("audit <@U0OLU> yesterday") == {"Olu"}
    assert who("audit this week") == who("audit") == {"Dev", "Olu"}
    assert who("audit today <@U0OLU>") == who("audit last week") == set()


def test_the_entries_of_today_are_those_the_actor_may_read(stage: Stage) -> None:
    stage.ask("restart", "production", "web", who=ADA)
    stage.ask("restart", "staging", "web", who=OLU)
    assert [r[3] for r in rows(stage.ask("audit", arguments={"period": "today"}))] == ["restart staging web"]


def test_an_unknown_period_or_person_is_told(stage: Stage, golden: Golden) -> None:
    assert stage.ask("audit", arguments={"period": "someday"}).headline == golden
    assert stage.ask("audit", arguments={"who": "dev"}).headline == golden
    assert stage.ask("audit", arguments={"period": "last week"}).headline == golden


def test_older_entries_keep_the_same_days(stage: Stage) -> None:
    for _ in range(12):
        stage.ask("restart", "staging", "web", who=VIC)
    asked = {"period": "today", "who": f"<@{VIC.user}>"}
    answer = stage.ask("audit", arguments=asked)
    assert isinstance(answer, Answer)
    assert {**asked, "before": answer.offers[0].arguments["before"]} == answer.offers[0].arguments
