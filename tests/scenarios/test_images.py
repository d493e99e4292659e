"""A tag has moved: a restart asks first, both answers do what they say, and redeploy says what it will pick
up.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.scenarios.seen import Seen
from tests.scenarios.stage import DEV, VIC, Stage, kinds_of

NEW, SAME = "Redeploy the new image", "Restart the same image"


def _moved(stage: Stage, *, desired: int = 2) -> tuple[str, str, str]:
    """Create an environment whose ``web`` runs another image than its tag names now; return it with the old
    and the new digest.
    """
    place = stage.names.fresh()
    web = {"name": "web", "desired": desired, "health_check": True, "image": f"{place}-web:latest"}
    stage.world.create(place, {**web, "drain_seconds": 1})
    pushed = stage.world.order("push", repository=f"{place}-web", tag="latest")
    return place, pushed["before"], pushed["digest"]


def _short(digest: str) -> str:
    return digest.removeprefix("sha256:")[:12]


def _asked(stage: Stage, place: str, *, after: Seen | None = None) -> Seen:
    stage.types(DEV, f"/env restart {place} web")
    asked = stage.hears(DEV, "`web` would not come back as it is: its image tag has moved", after=after)
    stage.nobody_else_sees(asked)
    return asked


@pytest.mark.everywhere
def test_a_moved_tag_shows_both_digests_and_the_new_one_is_deployed_when_chosen(stage: Stage) -> None:
    place, old, new = _moved(stage)
    asked = _asked(stage, place)
    assert _short(old) in asked.words and _short(new) in asked.words
    assert sorted(asked.buttons) == sorted([NEW, SAME])
    assert stage.audit(place) == [] and stage.world.deploys(place, "web") == 0
    stage.presses(DEV, asked, NEW)
    stage.message_of(place, "`web` was redeployed", "succeeded")
    assert stage.world.digests(place, "web") == {new}
    started, closed = stage.audit(place)
    assert (started.operation, started.source) == ("redeploy", "button")
    assert list(started.before["web"]["digests"].values()) == [old]
    assert list(closed.after["web"]["digests"].values()) == [new]


def test_the_same_image_is_restarted_task_by_task_without_a_deployment(stage: Stage) -> None:
    place, old, _ = _moved(stage)
    before = {t["arn"] for t in stage.world.service(place, "web")["tasks"]}
    asked = _asked(stage, place)
    assert "gap" not in asked.words
    stage.presses(DEV, asked, SAME)
    stage.message_of(place, "succeeded", "2 of 2")
    after = {t["arn"] for t in stage.world.service(place, "web")["tasks"] if t["status"] == "RUNNING"}
    assert len(after) == 2 and not after & before
    assert stage.world.digests(place, "web") == {old}
    assert stage.world.deploys(place, "web") == 0
    assert stage.world.changes(place, "web")["StopTask"] == 2
    assert kinds_of(stage.audit(place)) == ["started", "closed"]


def test_a_gap_in_service_with_one_task_is_named_before_the_choice(stage: Stage) -> None:
    place, old, _ = _moved(stage, desired=1)
    asked = _asked(stage, place)
    assert "There will be a gap: only one task is desired" in asked.words
    stage.presses(DEV, asked, SAME)
    stage.message_of(place, "succeeded")
    assert stage.world.digests(place, "web") == {old}


def test_a_button_acts_once_and_answers_the_second_press(stage: Stage) -> None:
    place, _, _ = _moved(stage)
    asked = _asked(stage, place)
    other = _asked(stage, place, after=asked)
    stage.presses(DEV, asked, NEW)
    stage.message_of(place, "succeeded")
    stage.presses(DEV, other, NEW)
    stage.hears(DEV, "There is nothing new to deploy for `web`")
    assert stage.world.deploys(place, "web") == 1
    assert kinds_of(stage.audit(place)).count("started") == 1


def test_a_tag_that_moves_again_before_the_press_is_shown_again_and_not_deployed(stage: Stage) -> None:
    place, _, _ = _moved(stage)
    asked = _asked(stage, place)
    newest = stage.world.order("push", repository=f"{place}-web", tag="latest")["digest"]
    stage.presses(DEV, asked, NEW)
    again = stage.hears(DEV, "has moved once more since it was shown")
    assert _short(newest) in again.words
    assert stage.world.deploys(place, "web") == 0
    stage.presses(DEV, again, NEW)
    stage.message_of(place, "succeeded")
    assert stage.world.digests(place, "web") == {newest}


def test_a_button_that_is_too_old_says_so(stage: Stage) -> None:
    place, _, _ = _moved(stage)
    asked = _asked(stage, place)
    moved = datetime.fromtimestamp(stage.now(), UTC) + timedelta(seconds=3700)
    stage.control.post("/clock", {"to": moved.isoformat()})

    def follows() -> bool:
        stage.types(VIC, f"/env restart {place} web")
        return any(entry.at >= moved for entry in stage.audit(place) if entry.kind == "refused")

    stage.until("the bot goes by the moved clock", follows)
    stage.presses(DEV, asked, NEW)
    stage.hears(DEV, "too old to act on")
    assert stage.world.deploys(place, "web") == 0


def test_each_press_is_decided_again_for_the_person_who_presses(stage: Stage) -> None:
    place, _, _ = _moved(stage)
    asked = _asked(stage, place)
    stage.presses(VIC, asked, NEW, force=True)
    stage.hears(VIC, f"needs developer on `{place}`; you have viewer")
    (entry,) = stage.audit(place)
    assert (entry.kind, entry.rule, entry.actor_name) == ("refused", "access.role", "Vic Vega")
    assert stage.world.deploys(place, "web") == 0


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"image": "search:v3.3.0", "pinned": True}, "is pinned to a digest"),
        ({"image": "search:v3.3.0"}, "names one version"),
        ({"image": "search:edge"}, "which is what runs"),
    ],
    ids=["pinned", "version-tag", "not-moved"],
)
def test_redeploy_says_when_there_is_nothing_new_and_why(
    stage: Stage, spec: dict[str, object], said: str
) -> None:
    place = stage.environment({"name": "search", "health_check": True, "drain_seconds": 1, **spec})
    stage.types(DEV, f"/env redeploy {place} search")
    told = stage.hears(DEV, "There is nothing new to deploy for `search`", said)
    stage.nobody_else_sees(told)
    assert stage.world.deploys(place, "search") == 0
    stage.presses(DEV, told, "Restart it anyway")
    stage.message_of(place, "succeeded")
    assert stage.world.deploys(place, "search") == 1


def test_redeploy_picks_up_a_moved_tag_without_asking(stage: Stage) -> None:
    place, old, new = _moved(stage)
    stage.types(DEV, f"/env redeploy {place} web")
    message = stage.message_of(place, "succeeded")
    assert _short(old) in message.words and _short(new) in message.words
    assert stage.world.digests(place, "web") == {new}
