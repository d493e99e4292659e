"""``lamplighter env``: who asks, what is printed, what is asked, and how it ends."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.cli.env import DONE, NOT_DONE, USAGE, code, confirmed, taken
from bot.db.database import database
from handlers.ports.store import AuditQuery, CatalogChange
from handlers.words.message import Offer
from handlers.words.result import Missing
from policies.access.grants import Grant
from policies.access.people import Role
from policies.access.terminals import Terminal
from policies.record.evidence import Entry
from tests.bot.aws.scripted import ScriptedAws
from tests.bot.aws.test_caller import ANSWER, ARN
from tests.bot.cli.conftest import Console, Said
from tests.bot.cli.pages import ME, page
from tests.golden import Golden

KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": "eu-central-1"}
SLACK_IS_DOWN = {"LAMPLIGHTER_SLACK_API_URL": "http://127.0.0.1:9/"}
DEV = "slack:T0HOME:U0DEV"


@pytest.fixture
def console(applied_url: str) -> Console:
    """A console whose account is an operator of staging, and where AWS may know Dev."""
    write(applied_url, Grant(f"console:{ME}", Role.OPERATOR, "staging"), terminals=[Terminal(ARN, DEV)])
    return Console(applied_url, {})


def write(url: str, *grants: Grant, terminals: Sequence[Terminal] = ()) -> None:
    db = database(url, holder="test", lease_seconds=30)
    try:
        db.catalog.write(CatalogChange(put_grants=grants, put_terminals=tuple(terminals)))
    finally:
        db.dispose()


def entries(console: Console) -> list[Entry]:
    db = database(console.url, holder="test", lease_seconds=30)
    try:
        found = db.audit.entries(AuditQuery())
        return [each.entry for each in found if each.entry.operation != "apply"]
    finally:
        db.dispose()


def as_dev(console: Console, *words: str, status: int = 200) -> Said:
    with ScriptedAws() as aws:
        aws.answer("GetCallerIdentity", status, ANSWER)
        return console("env", *words, LAMPLIGHTER_AWS_ENDPOINT_URL=aws.url, **KEYS, **SLACK_IS_DOWN)


def test_without_credentials_it_is_the_account_of_the_machine(console: Console, golden: Golden) -> None:
    said = console("env", "whoami")
    assert said.code == DONE
    assert said.err == ""
    assert page(said.out).replace(f"user {ME}.", "user ME.") == golden


def test_whoever_aws_knows_has_the_grants_of_their_row(console: Console, golden: Golden) -> None:
    said = as_dev(console, "whoami")
    assert said.code == DONE
    assert page(said.out) == golden(name="out")
    assert page(said.err) == golden(name="err")


def test_a_caller_whom_the_catalog_does_not_name_is_the_account(console: Console, golden: Golden) -> None:
    write(console.url, terminals=[Terminal(ARN.replace("dev", "vic"), DEV)])
    db = database(console.url, holder="test", lease_seconds=30)
    db.catalog.write(CatalogChange(remove_terminals=(ARN,)))
    db.dispose()
    said = as_dev(console, "whoami")
    assert said.out.startswith(f"You are the console user {ME}.")
    assert page(said.err) == golden


def test_if_sts_does_not_answer_it_is_the_account_and_is_said(console: Console, golden: Golden) -> None:
    said = as_dev(console, "whoami", status=500)
    assert said.out.startswith(f"You are the console user {ME}.")
    assert page(said.err) == golden


def test_sts_is_not_asked_if_the_catalog_names_nobody(applied_url: str) -> None:
    with ScriptedAws() as aws:
        there = {"LAMPLIGHTER_AWS_ENDPOINT_URL": aws.url, **KEYS, **SLACK_IS_DOWN}
        said = Console(applied_url, there)("env", "whoami")
        assert (said.code, said.err, aws.asked) == (DONE, "", [])


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("nothing", []),
        ("no command", ["frobnicate", "staging"]),
        ("an environment and a service are missing", ["restart"]),
        ("another tool's word", ["reboot", "staging", "web"]),
        ("both quotes", ["keep", "staging", "2h", 'it\'s "fine"']),
        ("too long", ["keep", "staging", "x" * 2_000]),
        ("console only", ["apply", "catalog.yaml"]),
        ("an unknown option", ["--file", "x"]),
    ],
)
def test_words_that_cannot_be_read_end_with_2(
    console: Console, kind: str, words: list[str], golden: Golden
) -> None:
    said = console("env", *words)
    assert (said.code, said.out) == (USAGE, "")
    assert page(said.err) == golden(name=kind)
    assert entries(console) == []


def test_the_slash_command_itself_may_stand_in_front(console: Console) -> None:
    assert console("env", "/env", "whoami").out == console("env", "whoami").out


def test_a_refusal_ends_with_1_and_is_recorded(console: Console) -> None:
    said = console("env", "restart", "production", "web")
    assert said.code == NOT_DONE
    [entry] = entries(console)
    assert (entry.kind, entry.actor, entry.source) == ("refused", f"console:{ME}", "console")


def test_a_change_is_asked_for_recorded_and_closed(console: Console, golden: Golden) -> None:
    write(console.url, Grant(f"console:{ME}", Role.OPERATOR, "dev-*"))
    words = ["env", "schedule", "set", "dev-alex", "always"]
    said = console(*words, answer="n\n")
    assert (said.code, said.err) == (NOT_DONE, "Nothing was done.\n")
    assert page(said.out) == golden(name="no")
    assert console(*words).err.endswith("Nothing was done.\n"), "the end of the input is no yes"
    assert [e.kind for e in entries(console)] == []
    said = console(*words, answer="y\n")
    assert said.code == DONE
    assert page(said.out) == golden(name="yes")
    assert [e.kind for e in entries(console)] == ["closed", "started"]
    assert console(*words, "--yes").code == DONE


OFFERS = (Offer("Set it", "schedule set", plan_hash="1"), Offer("Stop now", "stop", confirm="Really?"))


def test_yes_confirms_what_was_typed_and_nothing_else() -> None:
    assert confirmed(OFFERS, "schedule set") is OFFERS[0]
    for meant in ("restart", ""):
        with pytest.raises(SystemExit):
            confirmed(OFFERS, meant)
    with pytest.raises(SystemExit):
        confirmed((OFFERS[1], OFFERS[1]), "stop")


@pytest.mark.parametrize(("typed", "found"), [("1\n", 0), (" 2 \n", 1)])
def test_one_of_several_is_taken_by_its_number(
    typed: str, found: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    assert taken(OFFERS) is OFFERS[found]


@pytest.mark.parametrize("typed", ["\n", "", "3\n", "0\n", "y\n", "-1\n"])
def test_anything_else_takes_none(typed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    with pytest.raises(SystemExit) as ended:
        taken(OFFERS)
    assert ended.value.code == NOT_DONE


def test_nothing_that_steers_a_terminal_is_printed(console: Console) -> None:
    said = console("env", "help", "\x1b[2J\x1b]0;owned\x07x")
    assert "\x1b" not in said.out + said.err
    assert "\x07" not in said.out + said.err


def test_a_service_that_is_not_named_is_not_chosen_by_yes_and_ends_with_2() -> None:
    """Only its name says which is meant, also where there is one alone."""
    one = Missing("`restart` needs a service.", offers=(Offer("restart web", "restart"),), unnamed=True)
    assert (code(one), code(replace(one, unnamed=False))) == (USAGE, NOT_DONE)
