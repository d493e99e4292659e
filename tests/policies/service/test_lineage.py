"""Which deployments are compared, and which one runs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from policies.service.history import PastDeployment, RevisionImage
from policies.service.lineage import as_it_stands, pair, running
from tests.fakes.aws import START, steady


def past(number: int, status: str = "SUCCESSFUL", definition: str = "", back_to: str = "") -> PastDeployment:
    return PastDeployment(
        f"arn/{number}",
        status,
        START + timedelta(hours=number),
        revision=f"revision/{number}",
        definition=definition or f"family:{number}",
        images=(RevisionImage("app", "app:live", "sha256:1"),),
        back_to=back_to,
    )


def test_without_a_history_there_is_nothing_to_compare() -> None:
    assert pair(()) is None and running(()) is None


@pytest.mark.parametrize("status", ["IN_PROGRESS", "ROLLBACK_SUCCESSFUL", "STOPPED"])
def test_a_deployment_that_did_not_work_is_compared_with_the_last_that_did(status: str) -> None:
    tried, failed, good = past(3, status), past(2, "STOPPED"), past(1)
    found = pair((tried, failed, good))
    assert found is not None and (found.tried, found.good) == (tried, good)


def test_a_deployment_that_worked_is_compared_with_the_last_of_another_content() -> None:
    restarted, same, other = past(3, definition="f:2"), past(2, definition="f:2"), past(1)
    found = pair((restarted, same, other))
    assert found is not None and found.good == other
    alone = pair((restarted, same))
    assert alone is not None and alone.good == same


def test_no_earlier_deployment_that_worked_is_said() -> None:
    found = pair((past(2, "IN_PROGRESS"), past(1, "STOPPED")))
    assert found is not None and found.good is None


def test_what_runs_is_the_newest_unless_ecs_went_back() -> None:
    assert running((past(2), past(1))) == past(2)
    assert running((past(2, "IN_PROGRESS"), past(1))) == past(2, "IN_PROGRESS")
    assert running((past(2, "STOPPED"), past(1))) == past(1)
    back = past(3, "ROLLBACK_SUCCESSFUL", back_to="revision/1")
    assert running((back, past(2), past(1))) == past(1)


def test_a_service_without_a_history_stands_as_its_facts_say() -> None:
    facts = steady()
    assert as_it_stands(facts).definition == facts.revision and as_it_stands(facts).arn == ""
