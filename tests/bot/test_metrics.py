"""What Prometheus is told."""

from __future__ import annotations

from bot.metrics import Metrics
from handlers.clock.meter import Look
from handlers.words.request import Request
from handlers.words.result import Answer, Missing, Refusal
from policies.access.decision import refuse
from policies.access.people import ConsoleUser
from tests import telling


def request(operation: str) -> Request:
    return Request("1", "1", ConsoleUser("kim"), "console", operation)


def test_requests_are_counted_by_operation_and_end() -> None:
    metrics = Metrics(["restart"])
    handle = metrics.counted(lambda _: Refusal(refuse("rule", "no")))
    assert telling.status(handle(request("restart"))) == "refused"
    handle(request("restart"))
    page = metrics.page().decode()
    assert 'lamplighter_requests_total{operation="restart",status="refused"} 2.0' in page
    assert "lamplighter_request_seconds_count 2.0" in page
    assert "process_resident_memory_bytes" in page


def test_nothing_that_was_typed_becomes_a_label() -> None:
    metrics = Metrics(["restart"])
    handle = metrics.counted(lambda _: Missing("no"))
    for typed in ("rm -rf", "x" * 3000, ""):
        handle(request(typed))
    page = metrics.page().decode()
    assert 'operation="unknown",status="not found"} 2.0' in page
    assert 'operation="button",status="not found"} 1.0' in page
    assert "rm -rf" not in page


def test_the_meter_counts_its_looks_and_the_environments_it_has_not_seen() -> None:
    metrics = Metrics()
    heard = metrics.metered()
    for look in (Look.WHOLE, Look.WHOLE, Look.PUT_OFF):
        heard.look(look)
    heard.unseen(3)
    page = metrics.page().decode()
    assert 'lamplighter_meter_looks_total{outcome="whole"} 2.0' in page
    assert 'lamplighter_meter_looks_total{outcome="put off"} 1.0' in page
    assert "lamplighter_meter_unseen_environments 3.0" in page


def test_two_applications_share_no_counts() -> None:
    one, other = Metrics(["list"]), Metrics(["list"])
    one.counted(lambda _: Answer(""))(request("list"))
    assert "lamplighter_requests_total{" not in other.page().decode()
