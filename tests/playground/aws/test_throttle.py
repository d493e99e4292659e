"""The token buckets of facts/ecs 1.4."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from playground.aws.errors import AwsError
from playground.aws.throttle import Throttle
from tests.playground.aws.stage import LONG, Stage


class Seconds:
    """A monotonic reading that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def taken(throttle: Throttle, action: str) -> int:
    """Return how many calls succeed until one is throttled."""
    for count in range(1000):
        try:
            throttle.take(action)
        except AwsError:
            return count
    return 1000


@pytest.mark.parametrize(
    ("action", "burst", "rate"),
    [("UpdateService", 50, 5), ("RegisterTaskDefinition", 20, 1), ("DescribeServices", 100, 20)],
)
def test_a_category_has_its_burst_and_its_rate(action: str, burst: int, rate: int) -> None:
    seconds = Seconds()
    throttle = Throttle(1.0, seconds)
    assert taken(throttle, action) == burst
    seconds.now += 1
    assert taken(throttle, action) == rate


def test_actions_of_a_category_share_their_bucket_and_others_do_not() -> None:
    throttle = Throttle(1.0, Seconds())
    taken(throttle, "UpdateService")
    assert taken(throttle, "CreateService") == 0
    assert taken(throttle, "DescribeServices") == 100


def test_the_pace_makes_buckets_refill_faster() -> None:
    seconds = Seconds()
    throttle = Throttle(10.0, seconds)
    taken(throttle, "UpdateService")
    seconds.now += 1
    assert taken(throttle, "UpdateService") == 50


def test_a_used_up_rate_answers_throttling_and_changes_nothing(stage: Stage) -> None:
    stage.environment({"name": "api"})
    stage.order("throttle", category="service_modify", seconds=LONG)
    with pytest.raises(ClientError) as error:
        stage.restart("api")
    assert error.value.response["Error"]["Code"] == "ThrottlingException"
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert stage.told("api")["calls"]["UpdateService"] == 0
    stage.order("throttle", category="service_modify", seconds=0)
    stage.restart("api")
    assert stage.told("api")["calls"]["UpdateService"] == 1
