"""A line typed at a terminal by somebody with Dev's grants comes to what it comes to when Dev types it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.ports.store import CatalogChange
from handlers.typed.line import line_of
from handlers.typed.reading import read
from handlers.typed.room import Room
from handlers.typed.values import Misread
from handlers.words.result import Choice, Refusal, Report
from policies.access.grants import Grant
from policies.access.people import ConsoleUser, Role, SlackPerson, actor_name
from policies.access.terminals import Terminal
from policies.catalog.values import Wanted, to_json
from policies.record.evidence import Entry
from tests import telling
from tests.handlers.stage import REGISTRY, Stage
from tests.handlers.world import ADA, DEV, ROOT, STAGING, World

ARN = "arn:aws:sts::111122223333:assumed-role/Developers/dev"
AT_TERMINAL = ConsoleUser(ARN)
LINES = [
    "help",
    "whoami",
    "list",
    "status staging",
    "status production",
    "status nowhere",
    "logs staging orders-api",
    "audit staging",
    "restart staging orders-api",
    "orders-api staging restart please",
    "restart staging nothing",
    "restart production orders-api",
    "restart",
    "reboot staging orders-api",
    "frobnicate",
    "keep staging 2h smoke test",
    "stop staging",
    "start staging",
    "scale staging orders-api 3",
    "flag staging beta on",
    "apply",
    "recover",
]


def typed(stage: Stage, who: SlackPerson | ConsoleUser, line: str) -> tuple[object, list[Entry]]:
    """What comes of the line, in words: a misreading, or the reply; and the entries without who and how."""
    found = read(line, Room(REGISTRY, "/env", stage.gate.names(who, "")))
    if isinstance(found, Misread):
        return found, []
    reply = stage.ask(
        found.operation, found.environment, found.target, who=who, arguments=dict(found.arguments)
    )
    if isinstance(reply, Choice):
        reply = stage.press(reply.offers[0], who=who, source="console" if who is AT_TERMINAL else "button")
    stage.finish()
    said = (type(reply), telling.status(reply), telling.rule(reply), _anonymous(telling.headline(reply)))
    return said, [_unsigned(entry) for entry in stage.entries()]


def _anonymous(text: str) -> str:
    for name in (actor_name(AT_TERMINAL), f"AWS says that you are {ARN}", "You are Dev", "Dev"):
        text = text.replace(name, "somebody")
    return text


def _unsigned(entry: Entry) -> Entry:
    return replace(entry, actor="", actor_name="", source="", channel="", operation_id="")


def terminals(world: World, *rows: Terminal) -> World:
    world.store.catalog.write(CatalogChange(put_terminals=rows))
    return world


def mapped() -> Stage:
    return Stage(terminals(World().catalogue(), Terminal(ARN, DEV.id)))


@pytest.mark.parametrize("line", LINES)
def test_the_decision_and_the_entries_are_those_of_slack(line: str) -> None:
    assert typed(mapped(), AT_TERMINAL, line) == typed(mapped(), DEV, line)


@pytest.mark.parametrize(("operation", "environment"), [("restart", "staging"), ("restart", "production")])
def test_a_form_a_button_and_a_terminal_come_to_the_same(operation: str, environment: str) -> None:
    found = []
    for source, who in (("slash", DEV), ("modal", DEV), ("button", DEV), ("console", AT_TERMINAL)):
        stage = mapped()
        reply = stage.ask(operation, environment, "orders-api", who=who, source=source)
        stage.finish()
        found.append((type(reply), telling.rule(reply), [_unsigned(entry) for entry in stage.entries()]))
        assert {entry.source for entry in stage.entries()} == {source}
    assert all(each == found[0] for each in found)


def test_the_entry_names_the_proof_and_whose_grant_it_rests_on() -> None:
    stage = mapped()
    typed(stage, AT_TERMINAL, "restart staging orders-api")
    for entry in stage.entries():
        assert (entry.actor, entry.source) == (f"console:{ARN}", "console")
        assert ARN not in entry.actor_name
    assert DEV.id in stage.entries("started")[0].reason
    (message,) = stage.world.store.memory.messages.values()
    assert message.channel == "C0STAGING", "the channel is told, whoever asked"


def test_a_row_that_is_taken_away_takes_its_grants_at_once() -> None:
    stage = mapped()
    stage.store.catalog.write(CatalogChange(remove_terminals=(ARN,)))
    assert stage.gate.names(AT_TERMINAL, "").environments == frozenset()
    refused = stage.ask("restart", "staging", "orders-api", who=AT_TERMINAL)
    assert telling.rule(refused) == "access.no-grant"
    assert stage.operations() == []


def test_a_grant_that_ends_ends_at_the_terminal_too() -> None:
    stage = mapped()
    soon = stage.world.clock.now() + timedelta(minutes=1)
    stage.store.catalog.write(CatalogChange(put_grants=(Grant(DEV.id, Role.DEVELOPER, "staging", soon),)))
    assert isinstance(stage.ask("restart", "staging", "orders-api", who=AT_TERMINAL), Report)
    stage.finish()
    stage.world.forward(61)
    assert isinstance(stage.ask("restart", "staging", "orders-api", who=AT_TERMINAL), Refusal)


def test_an_account_of_the_machine_has_its_own_grants_and_an_arn_cannot_be_given_any() -> None:
    stage = mapped()
    change = CatalogChange(
        put_grants=(
            Grant(ROOT.id, Role.DEVELOPER, "qa-*"),
            Grant(f"console:{ARN}", Role.ADMIN),
        )
    )
    stage.store.catalog.write(change)
    assert stage.gate.names(ROOT, "").environments == {"qa-eu"}
    assert stage.gate.names(AT_TERMINAL, "").environments == {"staging", "qa-eu"}, "Dev's, and no more"


@pytest.mark.parametrize("who", [ROOT, AT_TERMINAL])
def test_production_is_closed_at_a_terminal_too(who: ConsoleUser) -> None:
    stage = Stage(terminals(World().catalogue(), Terminal(ARN, "console:root")))
    stage.store.catalog.write(CatalogChange(put_grants=(Grant(ROOT.id, Role.ADMIN, "production"),)))
    refused = stage.ask("restart", "production", "orders-api", who=who)
    assert telling.rule(refused) == "safeguards.production"


def test_a_session_that_is_named_like_the_serving_process_is_not_that_process() -> None:
    stage = Stage(World().catalogue())
    for name in ("serve", "root"):
        who = ConsoleUser(f"arn:aws:sts::111122223333:assumed-role/Developers/{name}")
        wanted = to_json(Wanted((STAGING,), (Grant(ADA.id, Role.ADMIN),)))
        refused = stage.ask("apply", who=who, arguments={"content": wanted})
        assert telling.rule(refused) == "access.console"


def test_a_running_operation_is_rebuilt_with_its_caller() -> None:
    stage = mapped()
    stage.ask("restart", "staging", "orders-api", who=AT_TERMINAL)
    other = Stage(stage.world, holder="two")
    other.finish()
    assert (other.last().kind, other.last().outcome) == ("closed", "succeeded")
    assert other.last().actor == f"console:{ARN}"


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["restart", "staging", "web"], "restart staging web"),
        (["restart staging web"], "restart staging web"),
        (["keep", "staging", "2h", "smoke test"], 'keep staging 2h "smoke test"'),
        (["keep", "staging", "reason=smoke test"], 'keep staging reason="smoke test"'),
        (["keep", "staging", "2h", "it's fine"], 'keep staging 2h "it\'s fine"'),
        (["logs", "a", 'say "no"'], "logs a 'say \"no\"'"),
        (["flush", "staging", ""], 'flush staging ""'),
    ],
)
def test_the_words_of_a_shell_are_a_line_again(words: list[str], line: str) -> None:
    assert line_of(words) == line
