"""The terminals of a catalog: what a row takes, and how two catalogs differ in them."""

from __future__ import annotations

import pytest

from policies.access.grants import Grant
from policies.access.people import Role
from policies.access.terminals import Terminal
from policies.catalog.difference import difference
from policies.catalog.forms import Miswritten
from policies.catalog.mistakes import mistakes
from policies.catalog.terminals import caller, unmatched
from policies.catalog.values import Wanted, from_json, to_json
from tests.golden import Golden

SESSION = "arn:aws:sts::123456789012:assumed-role/Developers/dev@example.com"
DEV = Terminal(SESSION, "slack:T0HOME:U0DEV")
DEPLOY = Terminal("arn:aws:sts::123456789012:assumed-role/Deploy/*", "console:deploy")
ADA = Grant("slack:T0HOME:U0ADA", Role.ADMIN)


@pytest.mark.parametrize(
    "arn",
    [
        SESSION,
        DEPLOY.arn,
        "arn:aws-cn:sts::123456789012:assumed-role/AWSReservedSSO_Dev_0123456789abcdef/dev",
        "arn:aws:iam::123456789012:user/olu",
        "arn:aws:iam::123456789012:user/people/olu",
    ],
)
def test_a_session_a_whole_role_and_a_user_are_taken_as_sts_writes_them(arn: str) -> None:
    assert caller(arn) == arn


@pytest.mark.parametrize(
    ("kind", "arn"),
    [
        ("a role", "arn:aws:iam::123456789012:role/team/Developers"),
        ("a part", "arn:aws:sts::123456789012:assumed-role/Developers/dev-*"),
        ("any role", "arn:aws:sts::123456789012:assumed-role/*/dev"),
        ("any user", "arn:aws:iam::123456789012:user/*"),
        ("any account", "arn:aws:sts::*:assumed-role/Developers/dev"),
        ("root", "arn:aws:iam::123456789012:root"),
        ("federated", "arn:aws:sts::123456789012:federated-user/dev"),
        ("a name", "dev"),
        ("nothing", ""),
        ("two lines", f"{SESSION}\n"),
    ],
)
def test_whatever_else_is_refused_with_what_to_write(kind: str, arn: str, golden: Golden) -> None:
    with pytest.raises(Miswritten) as wrong:
        caller(arn)
    assert str(wrong.value) == golden(name=kind)


def test_terminals_pass_the_gate_whole() -> None:
    wanted = Wanted(grants=(ADA,), terminals=(DEPLOY, DEV))
    assert from_json(to_json(wanted)) == wanted
    assert from_json(to_json(Wanted(terminals=(DEV, DEPLOY)))).terminals == (DEPLOY, DEV)


def test_rows_are_put_changed_and_removed(golden: Golden) -> None:
    now = Wanted(terminals=(DEV, Terminal("arn:aws:iam::123456789012:user/olu", "console:olu")))
    moved = Terminal(DEV.arn, "slack:T0HOME:U0VIC")
    found = difference(now, Wanted(terminals=(moved, DEPLOY)))
    assert (found.put_terminals, found.remove_terminals) == ((moved, DEPLOY), (now.terminals[1].arn,))
    assert found.lines == golden
    assert not difference(now, now).lines


def test_two_rows_of_one_caller_and_a_row_in_another_form_are_mistakes(golden: Golden) -> None:
    wrong = (DEV, Terminal(DEV.arn, "console:deploy"), Terminal("dev", "console:deploy"))
    assert mistakes(Wanted(grants=(ADA,), terminals=wrong), Wanted()) == golden
    assert mistakes(Wanted(grants=(ADA,), terminals=(DEV, DEPLOY)), Wanted()) == ()


def test_a_row_whose_subject_has_no_grant_is_told(golden: Golden) -> None:
    assert unmatched([DEV, DEPLOY], [ADA, Grant("console:deploy", Role.VIEWER)]) == golden
