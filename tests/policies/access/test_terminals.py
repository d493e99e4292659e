"""Whose grants somebody at a terminal has whom AWS knows."""

from __future__ import annotations

from datetime import timedelta

import pytest

from policies.access.grants import Grant, held, subjects
from policies.access.people import ConsoleUser, Role, actor_of
from policies.access.terminals import Terminal, terminal
from tests.fakes.aws import START
from tests.handlers.world import STAGING

ACCOUNT = "arn:aws:sts::111122223333:assumed-role"
DEV, EVERYBODY = Terminal(f"{ACCOUNT}/People/dev", "slack:T0HOME:U0DEV"), Terminal(f"{ACCOUNT}/People/*", "c")
OLU = Terminal("arn:aws:iam::111122223333:user/olu", "slack:T0HOME:U0OLU")
ROWS = (EVERYBODY, DEV, OLU)


@pytest.mark.parametrize(
    ("caller", "row"),
    [
        (DEV.arn, DEV),
        (f"{ACCOUNT}/People/vic", EVERYBODY),
        (OLU.arn, OLU),
        (f"{ACCOUNT}/Others/dev", None),
        (f"{ACCOUNT}/People", None),
        (f"{ACCOUNT}/People-2/dev", None),
        ("arn:aws:sts::999988887777:assumed-role/People/dev", None),
        ("arn:aws:iam::111122223333:user/*", None),
        ("arn:aws:iam::111122223333:user/nia", None),
        ("", None),
    ],
)
def test_a_row_names_a_session_a_role_or_a_user_and_the_session_goes_first(
    caller: str, row: Terminal | None
) -> None:
    assert terminal(caller, ROWS) == row
    assert terminal(caller, ROWS[::-1]) == row


def test_no_wildcard_stands_for_a_user() -> None:
    assert terminal(OLU.arn, [Terminal("arn:aws:iam::111122223333:user/*", "x")]) is None


def test_a_caller_has_the_grants_of_the_row_and_no_others() -> None:
    caller = ConsoleUser(DEV.arn)
    assert subjects(caller, ROWS) == {DEV.subject}
    assert subjects(caller) == frozenset()
    assert subjects(ConsoleUser("dev"), [Terminal("dev", DEV.subject)]) == {"console:dev"}


def test_the_grants_are_those_of_the_person_and_end_with_theirs() -> None:
    own = Grant(DEV.subject, Role.DEVELOPER, "staging", until=START)
    groups = Grant("group:T0HOME:S0TEAM", Role.OPERATOR, "staging")
    mine = {"grants": [own, groups], "terminals": ROWS}
    before, caller = START - timedelta(seconds=1), ConsoleUser(DEV.arn)
    assert held(caller, now=before, **mine) == (own,)  # type: ignore[arg-type]
    assert held(caller, now=START, **mine) == ()  # type: ignore[arg-type]
    assert own.covers(STAGING)


def test_a_recorded_caller_is_read_back_as_the_same() -> None:
    for row in ROWS:
        user = ConsoleUser(row.arn)
        assert actor_of(user.id, user.called) == user
    with pytest.raises(ValueError, match="nobody"):
        actor_of("console:a:b")
