"""`/env uptime`, the command that CONTRIBUTING shows: its file is put where the page says, and nothing else
changes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

import handlers
from bot.slack.picker import Chosen, picker
from bot.slack.typed import Parsed, parse
from handlers import registry
from handlers.gate.menus import Menu, in_slack
from handlers.registry import Registry
from handlers.words.result import Answer, Refusal
from policies.access.grants import Grant
from policies.access.people import Role
from tests import golden, telling
from tests.golden import Golden
from tests.handlers.stage import Stage
from tests.handlers.world import NIA, STAGING, VIC, World, service


@pytest.fixture(scope="module")
def known() -> Iterator[Registry]:
    """Return what the process finds once the file is in ``handlers``."""
    folder = str(golden.EXAMPLE.parent)
    handlers.__path__.append(folder)
    yield registry.load()
    handlers.__path__.remove(folder)
    sys.modules.pop("handlers.uptime", None)
    vars(handlers).pop("uptime", None)


@pytest.fixture
def stage(world: World, known: Registry) -> Stage:
    return Stage(world, operations=(known.operations["uptime"],))


def test_uptime_says_how_long_the_oldest_task_has_run(stage: Stage, world: World) -> None:
    world.forward(3 * 3600)
    assert stage.ask("uptime", "staging", "web", who=VIC) == Answer("`web` has been up for 3 h.")


def test_a_service_that_runs_nothing_is_told(stage: Stage, world: World) -> None:
    world.aws().services.put(service("web", desired=0))
    assert stage.ask("uptime", "staging", "web", who=VIC) == Answer("`web` has no running task.")


def test_whoever_has_no_grant_is_refused_and_recorded(stage: Stage) -> None:
    assert isinstance(stage.ask("uptime", "staging", "web", who=NIA), Refusal)
    assert (stage.last().kind, stage.last().operation) == ("refused", "uptime")


def test_help_names_uptime(stage: Stage, golden: Golden) -> None:
    told = telling.fields(stage.ask("help", who=VIC))
    assert [field.value for field in told if "uptime" in field.label] == golden


def test_uptime_can_be_typed_and_picked(known: Registry) -> None:
    read = parse("uptime staging web", known, "/env")
    assert isinstance(read, Parsed)
    assert (read.operation, read.environment, read.target) == ("uptime", "staging", "web")
    menu = Menu(in_slack(tuple(known.operations.values())), (STAGING,), (Grant(VIC.id, Role.VIEWER),))
    (what, *fields) = picker(menu, Chosen(operation="uptime", environment="staging"))["blocks"]
    offered = [option["value"] for group in what["element"]["option_groups"] for option in group["options"]]
    assert "uptime" in offered
    assert [block["block_id"] for block in fields if block["type"] == "input"] == [
        "ask:environment", "ask:service",
    ]  # fmt: skip


def test_readme_lists_uptime_once_the_table_is_renewed(known: Registry) -> None:
    row = f"| `/env uptime staging orders-api` | {known.operations['uptime'].help} | viewer |"
    assert row in golden.commands(known).splitlines()
