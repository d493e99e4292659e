"""Two independent signals, an age, and nothing that proves its use."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.orphans.evidence import Evidence, Judged, Last, Measured, Owner, Rest, Standing, kept_on
from policies.orphans.signals import Kind, Says, Sign, signals
from policies.orphans.verdict import judge
from tests.policies.orphans.make import EVER, NOW, ORPHAN, WANTED, ago, last, measured, never, quiet

GONE = Owner(Standing.GONE, user="U0GONE")
IDLE = {"requests": measured(0), "cpu": measured(10), "optimizer": Judged(idle=True, at=ago(1))}


@pytest.mark.parametrize(
    ("evidence", "kinds"),
    [
        (ORPHAN, set(Kind)),
        (quiet(owner=GONE, requests=measured(0)), {Kind.OWNER, Kind.USE}),
        (quiet(made_for="pull request 142", cpu=measured(10)), {Kind.PURPOSE, Kind.USE}),
        (quiet(deployed=last(40), owner=GONE), {Kind.CHANGE, Kind.OWNER}),
        (quiet(deployed=last(40), acted=never(40)), {Kind.CHANGE, Kind.PEOPLE}),
        (quiet(image=ago(100), made_for="branch totals"), {Kind.CHANGE, Kind.PURPOSE}),
        (quiet(rest=Rest(ago(20)), monthly=1, owner=GONE), {Kind.USE, Kind.OWNER}),
        (quiet(owner=GONE, requests=measured(0), acted=never(0)), {Kind.OWNER, Kind.USE}),  # just installed
        (quiet(deployed=last(14), acted=last(14), owner=GONE, requests=measured(0)), {Kind.OWNER, Kind.USE}),
    ],
)
def test_two_kinds_of_signals_and_an_age_make_a_finding(evidence: Evidence, kinds: set[Kind]) -> None:
    found = judge(evidence)
    assert found is not None
    assert found.kinds == kinds
    assert not {*found.orphaned} & {*found.wanted, *found.unknown}


@pytest.mark.parametrize(
    "evidence",
    [
        WANTED,
        quiet(),
        quiet(owner=GONE),
        quiet(**IDLE, rest=Rest(ago(20)), monthly=1),  # four measurements of the same idle days
        quiet(deployed=last(100), image=ago(100)),  # an old deployment has an old image
        quiet(owner=GONE, requests=measured(0), deployed=last(13.9)),
        quiet(owner=GONE, requests=measured(0), acted=last(0)),
        quiet(owner=GONE, requests=measured(0), deployed=never(3)),
        quiet(owner=GONE, requests=measured(0), acted=None),
        quiet(owner=GONE, requests=measured(0), deployed=None),
        quiet(owner=GONE, made_for="pull request 142", requests=measured(5_000)),
        quiet(owner=GONE, made_for="pull request 142", cpu=measured(4_000)),
        Evidence("nothing", NOW),
    ],
)
def test_evidence_with_fewer_kinds_too_young_or_in_use_makes_no_finding(evidence: Evidence) -> None:
    assert judge(evidence) is None


def test_a_finding_says_since_when_all_is_quiet_and_what_speaks_against_it() -> None:
    found = judge(quiet(owner=GONE, made_for="pull request 142", optimizer=Judged(idle=False, at=ago(1))))
    assert found is not None
    assert found.since == ago(20)
    assert found.orphaned == (Sign.OWNER, Sign.PURPOSE)
    assert found.wanted == (Sign.DEPLOYED, Sign.ACTED, Sign.OPTIMIZER)
    assert found.unknown == (Sign.IMAGE, Sign.REQUESTS, Sign.CPU, Sign.REST)


def instants() -> st.SearchStrategy[datetime]:
    return st.floats(0, 200).map(ago)


def lasts() -> st.SearchStrategy[Last]:
    done = instants().map(lambda at: Last(at, EVER))
    return done | instants().map(lambda since: Last(None, since))


def measurements(most: int) -> st.SearchStrategy[Measured]:
    until = st.floats(0, 5).map(ago)
    return st.builds(Measured, st.integers(0, most), st.integers(1, 20), until)


EVIDENCE = st.builds(
    Evidence,
    st.just("staging"),
    st.just(NOW),
    deployed=st.none() | lasts(),
    acted=st.none() | lasts(),
    image=st.none() | instants(),
    requests=st.none() | measurements(400),
    cpu=st.none() | measurements(3_000),
    optimizer=st.none() | st.builds(Judged, st.booleans(), instants()),
    owner=st.none() | st.builds(Owner, st.sampled_from(Standing)),
    made_for=st.none() | st.sampled_from(["", "pull request 142"]),
    rest=st.none() | st.builds(Rest, st.none() | instants()),
    monthly=st.none() | st.integers(0, 10**9),
)
KNOWN = [f.name for f in fields(Evidence) if f.name not in ("environment", "at")]


def without(evidence: Evidence, name: str) -> Evidence:
    nothing: dict[str, Any] = {name: None}
    return replace(evidence, **nothing)


@given(EVIDENCE)
def test_a_finding_rests_on_what_is_known_of_two_kinds_and_an_age(evidence: Evidence) -> None:
    found = judge(evidence)
    if found is None:
        return
    known = {signal.sign: signal for signal in signals(evidence)}
    assert len({known[sign].kind for sign in found.orphaned}) >= 2
    assert all(known[sign].says is Says.ORPHANED for sign in found.orphaned)
    assert NOW - found.since >= timedelta(days=14)


@given(EVIDENCE, st.sampled_from(KNOWN))
def test_an_unknown_never_makes_a_finding(evidence: Evidence, name: str) -> None:
    """Forgetting one part makes a finding only if that part had proved the use. An unknown part never
    suggests an orphan.
    """
    forgotten = without(evidence, name)
    proved = any(signal.in_use and signal.sign.value == name for signal in signals(evidence))
    if judge(evidence) is None and not proved:
        assert judge(forgotten) is None
    before, after = ({s.sign for s in signals(e) if s.says is Says.ORPHANED} for e in (evidence, forgotten))
    assert after <= before


@given(EVIDENCE, st.sampled_from(KNOWN))
def test_a_measurement_that_proved_the_use_counts_until_it_is_too_old(evidence: Evidence, name: str) -> None:
    """A look that AWS refuses must not make an orphan of an environment that is in use."""
    unread = without(evidence, name)
    proved = any(signal.in_use and signal.sign.value == name for signal in signals(evidence))
    if proved:
        assert judge(kept_on(evidence, unread)) is None


def _later(evidence: Evidence, by: float) -> dict[str, Any]:
    """Return more recent activity of each sort."""
    span = timedelta(days=by)

    def moved(found: Last | None) -> Last | None:
        if found is None:
            return None
        return Last(min(NOW, found.quiet_since + span), found.since)

    found: dict[str, Any] = {"deployed": moved(evidence.deployed), "acted": moved(evidence.acted)}
    if evidence.image is not None:
        found["image"] = min(NOW, evidence.image + span)
    for name in ("requests", "cpu"):
        seen: Measured | None = getattr(evidence, name)
        if seen is not None:
            found[name] = replace(seen, value=seen.value + round(by * 20))
    if evidence.rest is not None and evidence.rest.since is not None:
        found["rest"] = Rest(min(NOW, evidence.rest.since + span))
    return found


@given(EVIDENCE, st.floats(0, 100), st.data())
def test_more_recent_activity_never_makes_an_environment_more_orphaned(
    evidence: Evidence, by: float, data: st.DataObject
) -> None:
    later = _later(evidence, by)
    name = data.draw(st.sampled_from(sorted(later)))
    before, after = judge(evidence), judge(replace(evidence, **{name: later[name]}))
    if after is not None:
        assert before is not None
        assert after.kinds <= before.kinds
        assert after.since >= before.since
