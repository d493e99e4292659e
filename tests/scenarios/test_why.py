"""`why` and `diff`: what a deployment of somebody else took away, and what its tasks said."""

from __future__ import annotations

from tests.scenarios.stage import DEV, VIC, Stage
from tests.scenarios.world import API, EXITS

NEEDY = {**API, "breaker": "on", "variables": {"DATABASE_URL": "hunter2hunter2"}, "needs": ["DATABASE_URL"]}


def test_a_revision_that_lacks_a_variable_is_why_a_service_fails(stage: Stage) -> None:
    place, other = stage.environment(NEEDY), stage.environment(NEEDY)
    stage.types(VIC, f"/env diff {place} api")
    stage.hears(VIC, f"no deployment in `{place}` that worked before", "90 days")
    stage.world.order("deploy", cluster=place, service="api", without=["DATABASE_URL"])
    stage.until("ECS gives it up", lambda: stage.world.service(place)["deployments"][0]["state"] == "FAILED")

    stage.types(VIC, f"/env why {place} api")
    told = stage.hears(VIC, f"`api` in `{place}` fails: exit code 1, DATABASE_URL is missing")
    for words in ("variable DATABASE_URL of api", "ci registered it", "FATAL: missing environment variable"):
        assert words in told.words
    assert "hunter2" not in told.words and "playground-not-a-secret" not in told.words
    stage.nobody_else_sees(told)

    stage.types(VIC, f"/env diff {place} api")
    stage.hears(VIC, f"`{place}-api:2` lacks DATABASE_URL, which the last revision of `api` that worked had.")
    stage.types(DEV, f"/env diff {place} api with {other}")
    stage.hears(DEV, f"`api` is identical in `{place}` and in `{other}`.")
    stage.types(VIC, f"/env diff {place} api with nowhere")
    refused = stage.hears(VIC, "There is no environment `nowhere` here for you.")
    stage.types(VIC, f"/env why {place}")
    listed = stage.hears(VIC, f"`api` in `{place}` fails", after=refused)
    assert listed.buttons == ["Why api"]


def test_why_in_the_menu_of_a_failure_explains_it_and_what_was_captured_downloads(stage: Stage) -> None:
    place = stage.environment({**API, "breaker": "on", "behave": EXITS})
    stage.types(DEV, f"/env restart {place} api")
    message = stage.message_of(place, f"`api` failed to start in `{place}`")
    stage.uses(VIC, message, "why")
    told = stage.hears(VIC, f"`api` in `{place}` fails: exit code 1, DATABASE_URL is missing")
    stage.nobody_else_sees(told)

    stage.presses(VIC, told, "Download")
    stage.hears(VIC, "The file is in your direct messages with Lamplighter.")
    sent = stage.direct(VIC, f"Restart of api in {place}", "/files/")
    address = sent.raw["text"].removeprefix("<").partition("|")[0]
    assert "FATAL: missing environment variable DATABASE_URL" in stage.control.text(address)
    reads = [entry.operation for entry in stage.audit(place) if entry.kind == "read"]
    assert sorted(reads) == ["download", "why"]

    stage.until("it is in the thread too", lambda: stage.thread_of(message))
    (thread,) = stage.thread_of(message)
    assert thread.buttons == ["Download"]
    healthy = stage.environment()
    stage.types(DEV, f"/env restart {healthy} api")
    stage.uses(VIC, stage.message_of(healthy, "restarted"), "why")
    stage.hears(VIC, "This message does not say that anything failed")
