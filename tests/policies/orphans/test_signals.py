"""What each part of the evidence says by itself."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from policies.orphans.evidence import Evidence, Judged, Owner, Rest, Standing
from policies.orphans.signals import KINDS, Kind, Says, Sign, signals, unknown
from tests.policies.orphans.make import NOW, ORPHAN, WANTED, ago, last, measured, never

BARE = Evidence("staging", NOW)


def said(**known: Any) -> tuple[Sign, Says, bool] | None:
    """What the signals say of evidence that holds nothing but this."""
    found = signals(replace(BARE, **known))
    assert len(found) <= 1
    return (found[0].sign, found[0].says, found[0].in_use) if found else None


@pytest.mark.parametrize(
    ("known", "says"),
    [
        ({"deployed": last(30)}, Says.ORPHANED),
        ({"deployed": last(29.9)}, Says.WANTED),
        ({"deployed": never(31)}, Says.ORPHANED),
        ({"deployed": never(3)}, Says.NEITHER),
        ({"acted": last(30)}, Says.ORPHANED),
        ({"acted": last(2)}, Says.WANTED),
        ({"acted": never(29)}, Says.NEITHER),
        ({"image": ago(90)}, Says.ORPHANED),
        ({"image": ago(60)}, Says.NEITHER),
        ({"image": ago(29)}, Says.WANTED),
        ({"optimizer": Judged(idle=True, at=ago(1))}, Says.ORPHANED),
        ({"optimizer": Judged(idle=False, at=ago(1))}, Says.WANTED),
        ({"owner": Owner(Standing.DEACTIVATED, "Rex", "U0REX")}, Says.ORPHANED),
        ({"owner": Owner(Standing.GONE, user="U0GONE")}, Says.ORPHANED),
        ({"owner": Owner(Standing.THERE, "Olu")}, Says.WANTED),
        ({"made_for": "pull request 142"}, Says.ORPHANED),
        ({"made_for": ""}, Says.NEITHER),
        ({"rest": Rest()}, Says.NEITHER),
        ({"rest": Rest(ago(20)), "monthly": 1}, Says.ORPHANED),
        ({"rest": Rest(ago(13)), "monthly": 1}, Says.NEITHER),
        ({"rest": Rest(ago(20)), "monthly": 0}, Says.NEITHER),
        ({"rest": Rest(ago(20))}, Says.NEITHER),
    ],
)
def test_each_known_part_of_the_evidence_says_one_thing(known: dict[str, Any], says: Says) -> None:
    found = said(**known)
    assert found is not None
    assert found[1:] == (says, False)


@pytest.mark.parametrize(
    ("known", "says", "in_use"),
    [
        ({"requests": measured(0)}, Says.ORPHANED, False),
        ({"requests": measured(140)}, Says.ORPHANED, False),  # ten a day, as from internet scanners
        ({"requests": measured(141)}, Says.WANTED, True),
        ({"requests": measured(71, days=7)}, Says.WANTED, True),
        ({"cpu": measured(199)}, Says.ORPHANED, False),
        ({"cpu": measured(200)}, Says.NEITHER, False),
        ({"cpu": measured(999)}, Says.NEITHER, False),
        ({"cpu": measured(1_000)}, Says.WANTED, True),
    ],
)
def test_a_measurement_may_prove_that_an_environment_is_in_use(
    known: dict[str, Any], says: Says, in_use: bool
) -> None:
    found = said(**known)
    assert found is not None
    assert found[1:] == (says, in_use)


@pytest.mark.parametrize(
    "known",
    [
        {},
        {"monthly": 5},
        {"requests": measured(0, days=6)},
        {"requests": measured(0, until=3.1)},
        {"cpu": measured(0, days=1)},
        {"optimizer": Judged(idle=True, at=ago(18))},
        {"owner": Owner(Standing.MISSING)},
    ],
)
def test_a_missing_short_or_old_measurement_says_nothing(known: dict[str, Any]) -> None:
    assert said(**known) is None
    assert set(unknown(replace(BARE, **known))) == set(Sign)


def test_every_part_has_a_signal_or_is_named_as_unknown() -> None:
    assert {signal.sign for signal in signals(ORPHAN)} == set(Sign)
    assert (unknown(ORPHAN), unknown(WANTED)) == ((), ())
    assert len(fields(Evidence)) == len(Sign) + 4  # the name, time, cost and prices are no signals


def test_measurements_of_the_same_idle_days_are_of_one_kind() -> None:
    use = {sign for sign, kind in KINDS.items() if kind is Kind.USE}
    assert use == {Sign.REQUESTS, Sign.CPU, Sign.OPTIMIZER, Sign.REST}
    assert KINDS[Sign.DEPLOYED] is KINDS[Sign.IMAGE]
    assert set(KINDS) == set(Sign)
