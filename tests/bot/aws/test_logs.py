"""Logs in the simulated world: what is sent, other regions, other classes, and queries of Logs Insights."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import Loader

from handlers.facts.logged import source
from handlers.ports.logs import LogSpan
from handlers.ports.scope import Scope
from handlers.words.errors import Absent, Rejected
from policies.logs.routes import Group, Unreadable
from tests.bot.aws.stage import Stage, environment


def talking(stage: Stage, **fields: Any) -> Scope:
    """A service whose one task has written for a while."""
    cluster = stage.cluster({"name": "web", "desired": 1, **fields})
    stage.clock.advance(60)
    return stage.bind(environment(cluster))


def span(scope: Scope, group: Group, limit: int = 100) -> LogSpan:
    return LogSpan(group, scope.now - timedelta(minutes=10), scope.now + timedelta(seconds=1), limit)


def test_streams_are_named_and_nothing_is_filtered_or_unmasked_by_aws(stage: Stage) -> None:
    scope = talking(stage)
    start = len(stage.traffic)
    (group,) = source(scope, "web", "").groups

    found = scope.logs.page(span(scope, group)).events

    assert len(found) > 10
    assert [e.at for e in found] == sorted((e.at for e in found), reverse=True)
    (asked,) = stage.requests("logs.FilterLogEvents", start)
    assert asked["logStreamNames"] == list(group.streams)
    assert asked["startFromHead"] is False
    assert not {"filterPattern", "logStreamNamePrefix", "unmask"} & set(asked)


def test_lines_come_as_they_were_before_a_transformer_as_the_page_of_limits_says(stage: Stage) -> None:
    """No transformer can be put into the simulated world, so what AWS's model says of the one call that
    reads lines has to do (facts/ecs 4). Fails if lines are read by another call, or AWS says otherwise.
    """
    scope = talking(stage)
    (group,) = source(scope, "web", "").groups
    start = len(stage.traffic)
    assert scope.logs.page(span(scope, group)).events
    methods = {row["method"] for row in stage.traffic[start:] if row["method"].startswith("logs.")}
    assert methods == {"logs.FilterLogEvents"}

    told = Loader().load_service_model("logs", "service-2")["operations"]["FilterLogEvents"]["documentation"]
    assert "returns only the original versions of log events, before they were transformed" in told
    limits = (Path(__file__).parents[3] / "docs" / "limits.md").read_text()
    assert "gets lines as they were *before* a CloudWatch transformer" in limits


def test_another_region_is_read_there(stage: Stage) -> None:
    scope = stage.bind(environment(stage.cluster()))
    with pytest.raises(Absent):
        scope.logs.log_class(Group("/nowhere", "eu-west-1", ()))


@pytest.mark.parametrize("kind", ["INFREQUENT_ACCESS", "ESSENTIALS"])
def test_a_class_that_cannot_be_filtered_is_known_and_can_be_queried(stage: Stage, kind: str) -> None:
    scope = talking(stage, logs=kind)
    (group,) = source(scope, "web", "").groups

    assert scope.logs.log_class(group) == kind
    with pytest.raises(Rejected):
        scope.logs.page(span(scope, group))
    query = scope.logs.start_query(span(scope, group, 3))
    assert not scope.logs.query_result(query, group.region).done
    stage.clock.advance(10)
    found = scope.logs.query_result(query, group.region)
    assert found.done
    assert len(found.events) == 3
    assert found.scanned > 0
    assert found.events[0].at >= found.events[-1].at
    assert {e.stream for e in found.events} <= set(group.streams)


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("awsfirelens", Unreadable.ANOTHER_DRIVER),
        ("none", Unreadable.NO_DRIVER),
        ("unprefixed", Unreadable.NO_PREFIX),
    ],
)
def test_what_cannot_be_read_is_known_from_the_task_definition(
    stage: Stage, kind: str, why: Unreadable
) -> None:
    cluster = stage.cluster({"name": "web", "desired": 1, "logs": kind})
    found = source(stage.bind(environment(cluster)), "web", "")
    assert not found.groups
    assert [route.unreadable for route in found.barred] == [why]


def test_a_sidecar_is_left_out_until_it_is_named(stage: Stage) -> None:
    cluster = stage.cluster({"name": "web", "desired": 1, "sidecar": "envoy"})
    scope = stage.bind(environment(cluster))
    usual, named = source(scope, "web", ""), source(scope, "web", "envoy")
    assert usual.others == ("envoy",)
    assert [stream.split("/")[1] for group in named.groups for stream in group.streams] == ["envoy"]
