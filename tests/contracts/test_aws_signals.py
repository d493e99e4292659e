"""What ``handlers.ports.signals`` and ``handlers.ports.money.Insights`` promise, checked on fake and adapter.

The simulated world's metrics are our own reading of CloudWatch (facts/ecs 7.8).
"""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest

from handlers.ports.signals import LeftoverKind, Sign
from policies.cost.insights import QUARTER
from tests.contracts.sign_benches import ACTIONS, KINDS, Bench, bench, stage_once  # noqa: F401


def test_a_busy_service_shows_requests_and_cpu(bench: Bench) -> None:  # noqa: F811
    bench.web()
    signs = bench.scope.signals.read(days=14)
    assert (signs.environment, signs.days, signs.unread) == (bench.scope.environment.name, 14, ())
    assert signs.traffic is not None
    assert signs.traffic.requests > 1_000
    assert signs.traffic.last == bench.scope.now.astimezone(UTC).date()
    assert signs.cpu is not None and signs.cpu > 5


def test_more_days_have_more_requests(bench: Bench) -> None:  # noqa: F811
    bench.web()
    few, many = (bench.scope.signals.read(days=days).traffic for days in (3, 14))
    assert few is not None and many is not None
    assert few.requests < many.requests


def test_requests_without_a_balancer_are_unknown_and_not_zero(bench: Bench) -> None:  # noqa: F811
    bench.web(balancer=False)
    signs = bench.scope.signals.read()
    assert signs.traffic is None
    assert not signs.unread


def test_a_balancer_that_nobody_ever_asked_is_unknown_and_not_zero(bench: Bench) -> None:  # noqa: F811
    bench.web()
    bench.idle(days=0)
    assert bench.scope.signals.read().traffic is None


def test_a_balancer_that_was_asked_once_and_not_lately_is_zero_with_its_last_day(bench: Bench) -> None:  # noqa: F811
    bench.web()
    bench.idle(days=20)
    signs = bench.scope.signals.read(days=14)
    assert signs.traffic is not None
    assert signs.traffic.requests == 0
    ago = bench.scope.now.astimezone(UTC).date() - (signs.traffic.last or bench.scope.now.date())
    assert timedelta(days=19) <= ago <= timedelta(days=22)


def test_an_account_that_is_not_enrolled_says_nothing_of_what_is_idle(bench: Bench) -> None:  # noqa: F811
    bench.web()
    assert bench.scope.signals.read().idle is None


def test_an_enrolled_account_says_that_nothing_is_idle(bench: Bench) -> None:  # noqa: F811
    bench.web()
    bench.enrol()
    assert bench.scope.signals.read().idle == ()


def test_a_revision_has_a_day_of_registration(bench: Bench) -> None:  # noqa: F811
    bench.web()
    registered = bench.scope.signals.read().registered
    assert registered is not None and registered <= bench.scope.now + timedelta(minutes=11)


@pytest.mark.parametrize("sign", list(ACTIONS))
def test_a_refused_signal_is_reported_and_the_others_stand(bench: Bench, sign: Sign) -> None:  # noqa: F811
    bench.web()
    bench.deny(ACTIONS[sign])
    signs = bench.scope.signals.read()
    assert [unread.sign for unread in signs.unread] == [sign]
    assert signs.unread[0].why.startswith("AWS did not allow the bot to")
    assert {Sign.TRAFFIC: signs.traffic, Sign.IDLE: signs.idle, Sign.REGISTERED: signs.registered}[
        sign
    ] is None
    assert signs.cpu is not None


def test_an_empty_environment_says_nothing(bench: Bench) -> None:  # noqa: F811
    signs = bench.scope.signals.read()
    assert (signs.traffic, signs.cpu, signs.pushed, signs.registered, signs.unread) == (
        None,
        None,
        None,
        None,
        (),
    )


@pytest.mark.parametrize("days", [0, -1, 61])
def test_days_out_of_range_are_refused(bench: Bench, days: int) -> None:  # noqa: F811
    with pytest.raises(ValueError, match="days"):
        bench.scope.signals.read(days=days)


def test_every_kind_of_leftover_is_found_and_the_environments_own_are_not(bench: Bench) -> None:  # noqa: F811
    bench.web()
    bench.leave()
    found = bench.scope.leftovers.find()
    where = bench.scope.environment
    assert (found.account, found.region, found.unread) == (where.account, where.region, ())
    assert {one.kind for one in found.leftovers} == set(LeftoverKind)
    assert where.name not in {one.name for one in found.leftovers if one.kind is LeftoverKind.CLUSTER}
    parts = {one.kind: one.parts for one in found.leftovers}
    assert {part.item for some in parts.values() for part in some} == {"elb.application", "ipv4"}
    volume = next(one for one in found.leftovers if one.kind is LeftoverKind.VOLUME)
    assert volume.gigabytes == 100
    assert volume.since is not None and volume.since < bench.scope.now


def test_only_the_kinds_that_are_asked_for_are_looked_for(bench: Bench) -> None:  # noqa: F811
    bench.leave()
    found = bench.scope.leftovers.find([LeftoverKind.ADDRESS])
    assert {one.kind for one in found.leftovers} == {LeftoverKind.ADDRESS}


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_refused_kind_is_reported_and_the_others_stand(bench: Bench, kind: LeftoverKind) -> None:  # noqa: F811
    bench.leave()
    bench.deny(KINDS[kind])
    found = bench.scope.leftovers.find()
    assert [(refused, bool(why)) for refused, why in found.unread] == [(kind, True)]
    assert {one.kind for one in found.leftovers} == set(LeftoverKind) - {kind}


def test_insights_remember_what_the_tasks_of_each_quarter_reserved(bench: Bench) -> None:  # noqa: F811
    bench.web()
    bench.insights()
    now = bench.scope.now
    end = now - timedelta(minutes=now.minute % 15, seconds=now.second, microseconds=now.microsecond)
    points = bench.scope.insights.reserved(end - 4 * QUARTER, end)
    assert [point.at for point in points] == [end - n * QUARTER for n in (4, 3, 2, 1)]
    assert {(p.service, p.vcpu, p.gb, p.seconds) for p in points} == {("web", 900_000, 1_800_000, 900)}


def test_nothing_is_remembered_if_insights_are_off(bench: Bench) -> None:  # noqa: F811
    bench.web()
    now = bench.scope.now.replace(minute=0, second=0, microsecond=0)
    assert bench.scope.insights.reserved(now - timedelta(hours=2), now) == ()
