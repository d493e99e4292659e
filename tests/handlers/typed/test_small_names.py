"""Tests of words that are two things: a service called *to*, a revision after a colon, a shell's command."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.typed.reading import read
from handlers.typed.room import Room
from handlers.typed.values import Misread, Names, Parsed
from tests.handlers.stage import REGISTRY

SERVICES = {"odd": ("since", "to", "on", "now", "for", "revision", "last"), "staging": ("orders-api", "web")}
NAMES = Names(frozenset({"odd", "staging", "qa-eu"}), "", {}, lambda name: SERVICES.get(name, ()))

READ = {
    "rollback odd to": Parsed("rollback", "odd", "to"),
    "rollback odd to to 41": Parsed("rollback", "odd", "to", {"to": "41"}),
    "scale odd to 3": Parsed("scale", "odd", "to", {"count": "3"}),
    "scale odd to to 3": Parsed("scale", "odd", "to", {"count": "3"}),
    "scale odd on to 3": Parsed("scale", "odd", "on", {"count": "3"}),
    "restart odd on now": Parsed("restart", "odd", "on"),
    "logs odd since since 5m": Parsed("logs", "odd", "since", {"lines": "since 5m"}),
    "logs odd on since 5m grep on": Parsed("logs", "odd", "on", {"lines": "since 5m grep on"}),
    "rollback staging orders-api:41": Parsed("rollback", "staging", "orders-api", {"to": "41"}),
    "rollback orders-api:41 in staging": Parsed("rollback", "staging", "orders-api", {"to": "41"}),
    "rollback staging orders-api to revision 41": Parsed("rollback", "staging", "orders-api", {"to": "41"}),
    "rollback staging orders-api rev 41": Parsed("rollback", "staging", "orders-api", {"to": "41"}),
    "rollback odd revision 41": Parsed("rollback", "odd", "revision", {"to": "41"}),
    "diff staging orders-api vs qa-eu": Parsed("diff", "staging", "orders-api", {"other": "vs qa-eu"}),
    "diff orders-api vs qa-eu in staging": Parsed("diff", "staging", "orders-api", {"other": "vs qa-eu"}),
    "tail -f staging orders-api": Parsed("follow", "staging", "orders-api"),
    "tail -f orders-api in staging grep x": Parsed("follow", "staging", "orders-api", {"lines": "grep x"}),
    "logs -f staging orders-api": Parsed("follow", "staging", "orders-api"),
    "restart staging orders-api:41": Parsed("restart", "staging", "orders-api:41"),
    "rollback odd last": Parsed("rollback", "odd", "last"),
    "flush staging user=5:*": Parsed("flush", "staging", arguments={"pattern": "user=5:*"}),
    "flush staging --x=5:*": Parsed("flush", "staging", arguments={"pattern": "--x=5:*"}),
}
READ |= {
    line: Parsed("scale", "staging", "orders-api", {"count": "3"})
    for line in (
        "scale up staging orders-api to 3",
        "scale orders-api in staging up to 3",
        "scale staging orders-api down to 3 tasks",
    )
}
READ |= {
    line: Parsed("rollback", "staging", "orders-api")
    for line in (
        "rollback deployment of orders-api in staging",
        "rollback staging orders-api deployment",
        "rollback the last deployment of orders-api in staging",
    )
}
READ |= {
    line: Parsed("logs", "staging", "orders-api", {"lines": lines} if lines else {})
    for line, lines in {
        "logs from orders-api in staging": "",
        "logs orders-api from staging": "",
        "logs --since 1h orders-api staging": "--since 1h",
    }.items()
}
_BEFORE = ("previous", "the previous one", "the previous revision", "last version", "-1", "before", "last")
_CALLED = ("v41", "#41", "41.", "41,", "version 41", "the revision 41", "orders-api:41", "rev v41")
_COUNTS = (
    "3 tasks",
    "to 3 tasks",
    "3 replicas",
    "replicas=3",
    "--replicas=3",
    "desired=3",
    "--desired-count=3",
)
READ |= {
    f"rollback staging orders-api to {said}": Parsed("rollback", "staging", "orders-api") for said in _BEFORE
}
READ |= {
    f"rollback staging orders-api to {said}": Parsed(
        "rollback", "staging", "orders-api", {"to": said if ":" in said else "41"}
    )
    for said in _CALLED
}
READ |= {
    f"scale staging orders-api {said}": Parsed("scale", "staging", "orders-api", {"count": "3"})
    for said in _COUNTS
}


@pytest.mark.parametrize("line", READ)
def test_such_a_word_is_read_as_it_was_meant(line: str) -> None:
    assert read(line, Room(REGISTRY, "/env", NAMES)) == READ[line]


@pytest.mark.parametrize(
    "said",
    [
        "orders-api in staging with qa-eu",
        "orders-api with qa-eu in staging",
        "staging orders-api compared to qa-eu",
        "staging orders-api compared with qa-eu",
        "orders-api between staging and qa-eu",
        "orders-api in staging and qa-eu",
        "staging orders-api to qa-eu",
        "staging qa-eu orders-api",
        "staging orders-api with #qa-eu",
        'staging orders-api with "qa-eu"',
    ],
)
def test_an_environment_is_compared_with_however_it_is_said(said: str) -> None:
    meant = Parsed("diff", "staging", "orders-api", {"other": "with qa-eu"})
    assert read(f"diff {said}", Room(REGISTRY, "/env", NAMES)) == meant


@pytest.mark.parametrize("line", ["diff staging with qa-eu", "diff with qa-eu staging"])
def test_what_is_compared_with_is_no_service_and_the_gate_asks_which(line: str) -> None:
    asked = Parsed("diff", "staging", "", {"other": "with qa-eu"})
    assert read(line, Room(REGISTRY, "/env", NAMES)) == asked


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("scale staging 3", Parsed("scale", "staging", "", {"count": "3"})),
        ("rollback staging to 41", Parsed("rollback", "staging", "", {"to": "41"})),
    ],
)
def test_a_number_alone_is_no_service_and_the_gate_asks_which(line: str, asked: Parsed) -> None:
    assert read(line, Room(REGISTRY, "/env", NAMES)) == asked


@pytest.mark.parametrize(
    "line",
    [
        "logs --tail 100 orders-api staging",
        "logs -n 100 orders-api staging",
        "tail --tail=100 orders-api staging",
    ],
)
def test_an_option_before_the_service_is_answered_as_one_behind_it(line: str) -> None:
    found = read(line, Room(REGISTRY, "/env", NAMES))
    assert isinstance(found, Misread)
    assert "a number of lines cannot be asked for" in found.sentence


def test_up_and_down_are_no_count() -> None:
    for line in ("scale up staging orders-api", "scale staging orders-api down"):
        found = read(line, Room(REGISTRY, "/env", NAMES))
        assert isinstance(found, Misread)
        assert found.missing == ("count",)
        assert found.example == "/env scale staging orders-api 3"


@pytest.mark.parametrize("said", ["latest", "yesterday", "0", "41abc", "by 1", "last 2", "41 42"])
def test_anything_else_is_no_revision(said: str) -> None:
    found = read(f"rollback staging orders-api to {said}", Room(REGISTRY, "/env", NAMES))
    assert isinstance(found, Misread)


@pytest.mark.parametrize(
    "said", ["41", "v41", "#41", " 41 ", "arn:aws:ecs:eu-central-1:1:task-definition/41"]
)
def test_a_form_reads_a_revision_as_a_line_does(said: str) -> None:
    (to,) = [a for a in REGISTRY.operations["rollback"].arguments if a.name == "to"]
    assert to.value(said) == "41"


@pytest.mark.parametrize("said", ["+1", "-1", "1e3", "three", "3 4", "3.5", "tasks", "by 2", "x=3"])
def test_anything_else_is_no_count(said: str) -> None:
    found = read(f"scale staging orders-api {said}", Room(REGISTRY, "/env", NAMES))
    assert isinstance(found, Misread)


@pytest.mark.parametrize(
    "name", ["diff", "logs", "follow", "share", "rollback", "restart", "redeploy", "why"]
)
def test_a_word_that_may_be_a_service_is_one_also_if_none_of_that_name_was_seen_yet(name: str) -> None:
    unseen = Room(REGISTRY, "/env", replace(NAMES, services=lambda _: ()))
    assert read(f"{name} staging worker", unseen) == Parsed(name, "staging", "worker")
