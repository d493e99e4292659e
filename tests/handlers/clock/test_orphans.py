"""Once a day each environment is looked at, and findings are written; nothing is stopped."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from handlers.clock.orphans import AT_ONCE
from handlers.ports.signals import Idle, Sign
from handlers.ports.store import CatalogChange
from handlers.words.errors import Denied, StoreLost
from policies.access.people import SlackAccount
from policies.cost.money import MILLION
from policies.cost.usage import UsageRow
from policies.orphans.evidence import Judged, Last, Standing
from policies.orphans.findings import Stage
from policies.orphans.signals import Sign as Said
from policies.orphans.verdict import judge
from policies.record.evidence import Entry
from tests import telling
from tests.handlers.clock.watching import DAY, NOON, Watching, acted, idle_world, see
from tests.handlers.orphaned import now_of, owned
from tests.handlers.world import ADA, DEV, TEAM, World, environment, service


@pytest.fixture
def world() -> World:
    return idle_world()


@pytest.fixture
def stage(world: World) -> Watching:
    return Watching(world)


def test_an_idle_environment_without_an_owner_is_found_on_the_first_day(stage: Watching) -> None:
    """This also holds if the records begin today, as after the installation."""
    stage.look()
    finding = now_of(stage.world)
    assert finding.stage(NOON) is Stage.NEW
    assert finding.evidence == stage.evidence()
    verdict = judge(stage.evidence())
    assert verdict is not None
    assert set(verdict.orphaned) == {Said.DEPLOYED, Said.REQUESTS, Said.PURPOSE}
    assert Said.OWNER in verdict.unknown, "that nobody is named says nothing"
    assert [f.subject for f in stage.store.book.orphans.findings.all()] == ["pr-142"]
    assert stage.posts.posted == []


def test_the_watch_only_reads_from_aws(stage: Watching) -> None:
    stage.look()
    for name in ("pr-142", "staging"):
        assert {c.method for c in stage.world.aws(name).script.calls} <= {"members"}
    assert stage.operations() == []


def test_production_is_not_judged(stage: Watching) -> None:
    stage.look()
    assert list(stage.store.book.orphans.looks.all()) == ["pr-142", "staging"]


def test_each_environment_is_looked_at_once_a_day_even_by_a_new_process(stage: Watching) -> None:
    stage.look()
    first = stage.store.book.orphans.looks.all()
    stage.begin()
    stage.look(days=0.9)
    assert stage.store.book.orphans.looks.all() == first
    see(stage.world, "pr-142", deployed=NOON - timedelta(days=63))
    stage.look(days=0.2)
    assert {look.at for look in stage.store.book.orphans.looks.all().values()} == {stage.world.clock.at}
    assert now_of(stage.world).found == NOON


def test_a_fleet_is_looked_at_in_turn_the_oldest_look_first(stage: Watching) -> None:
    many = tuple(environment(f"pr-{n}") for n in range(5))
    stage.store.catalog.write(CatalogChange(put_environments=many))
    stage.watch.tick()
    assert len(stage.store.book.orphans.looks.all()) == AT_ONCE
    stage.world.forward(60)
    stage.look()
    assert len(stage.store.book.orphans.looks.all()) == 7


def test_an_environment_without_figures_is_looked_at_again_soon_and_then_seldom(stage: Watching) -> None:
    """A new environment shows its cost within a minute."""

    def looked() -> datetime:
        return stage.store.book.orphans.looks.all()["pr-142"].at

    stage.look()
    for seconds, again in ((15, False), (10, True), (60, False), (30, True), (120, False), (300, True)):
        stage.world.forward(seconds)
        stage.look()
        assert (looked() == stage.world.clock.at) is again, seconds
    days = [NOON.date() - timedelta(days=n) for n in (1, 2)]
    rows = [UsageRow("pr-142", "", day, "x", 1, MILLION) for day in days]
    stage.store.book.ledger.days.put("pr-142", days, rows)
    stage.look(days=0.1)
    assert stage.evidence().monthly == 30 * MILLION
    known = looked()
    stage.look(days=0.8)
    assert looked() == known


def test_an_environment_that_aws_does_not_list_is_tried_again_in_an_hour(stage: Watching) -> None:
    stage.world.aws("pr-142").signals.trouble = Denied("AWS denies it.")
    stage.look()
    assert list(stage.store.book.orphans.looks.all()) == ["staging"]
    stage.world.aws("pr-142").signals.trouble = None
    stage.look(days=0.03)
    assert list(stage.store.book.orphans.looks.all()) == ["staging"]
    stage.look(days=0.02)
    assert list(stage.store.book.orphans.looks.all()) == ["pr-142", "staging"]


def test_a_lost_store_fails_the_beat_and_leaves_nothing_half_done(stage: Watching) -> None:
    def lost(method: str) -> None:
        if method == "looks.put":
            raise StoreLost("The database did not answer.")

    stage.world.store.memory.before_call = lost
    with pytest.raises(StoreLost):
        stage.watch.tick()
    stage.world.store.memory.before_call = str
    stage.look(days=0.01)
    assert now_of(stage.world).found == NOON


# Evidence


def test_only_a_persons_action_counts_as_work(stage: Watching) -> None:
    acted(stage, "clock", "stop", NOON - timedelta(days=1))
    acted(stage, DEV.id, "retain", NOON - timedelta(days=2))
    acted(stage, DEV.id, "restart", NOON - timedelta(days=3), kind="refused")
    acted(stage, DEV.id, "logs", NOON - timedelta(days=20), kind="read")
    stage.look()
    assert stage.evidence().acted == Last(NOON - timedelta(days=20), NOON - timedelta(days=14))


def test_actions_missing_from_the_records_were_not_done_as_far_back_as_they_go(stage: Watching) -> None:
    stage.store.audit.append(Entry(NOON - timedelta(days=47), "closed", ADA.id, "Ada", "console", "apply"))
    stage.look()
    assert stage.evidence().acted == Last(None, NOON - timedelta(days=45))


def test_recent_work_by_a_person_ends_the_finding(stage: Watching) -> None:
    stage.look()
    acted(stage, DEV.id, "restart", NOON + timedelta(hours=3))
    stage.look(days=1)
    assert now_of(stage.world).stage(stage.world.clock.at) is Stage.GONE


def test_our_own_restart_is_no_deployment_of_people(stage: Watching) -> None:
    """The deployment is recorded as in the entry of the operation that made it."""
    stage.look()
    ours = {"0 deploy web": {"deployment": "ecs-svc/2"}}
    acted(stage, "clock", "restart", NOON + timedelta(hours=1), kind="closed", evidence=ours)
    stage.world.forward(86_400)
    see(stage.world, "pr-142", deployed=NOON + timedelta(hours=1), deployment="ecs-svc/2", revision="web:8")
    stage.look()
    deployed = stage.evidence().deployed
    assert deployed is not None
    assert deployed.at == NOON - timedelta(days=63)


def test_the_deployment_of_a_restart_is_known_by_its_entry(stage: Watching) -> None:
    """This uses the real step and the real entry."""
    stage.look()
    assert telling.status(stage.ask("restart", "pr-142", "web", who=ADA)) == "running"
    stage.finish()
    primary = stage.world.aws("pr-142").services.known()["web"].primary
    assert primary is not None
    made = primary.id
    stage.world.forward(86_400)
    see(stage.world, "pr-142", deployed=NOON + timedelta(hours=1), deployment=made, revision="web:8")
    stage.look()
    deployed = stage.evidence().deployed
    assert deployed is not None
    assert deployed.at == NOON - timedelta(days=63)


def test_without_a_sighting_of_today_deployments_are_unknown_and_nothing_is_found(world: World) -> None:
    world.clock.at += timedelta(days=2)
    stage = Watching(world)
    stage.look()
    assert stage.evidence().deployed is None
    assert world.store.memory.findings == {}


@pytest.mark.parametrize(
    ("requests", "uncounted", "known"),
    [
        ({}, (), 0),
        ({NOON.date(): 20}, (), 20),
        ({}, ("worker",), None),
        ({NOON.date(): 9_000}, ("worker",), 9_000),
        (None, (), None),
    ],
)
def test_few_requests_are_few_only_if_all_are_counted(
    stage: Watching, requests: dict[date, int] | None, uncounted: tuple[str, ...], known: int | None
) -> None:
    signals = stage.world.aws("pr-142").signals
    signals.requests, signals.uncounted = requests, uncounted
    stage.look()
    found = stage.evidence().requests
    assert (found.value if found else None) == known


def test_cpu_is_kept_in_hundredths_of_a_percent(stage: Watching) -> None:
    stage.world.aws("pr-142").signals.cpu = 0.237
    stage.look()
    cpu = stage.evidence().cpu
    assert cpu is not None
    assert (cpu.value, cpu.days, cpu.until) == (24, 14, NOON)


@pytest.mark.parametrize(
    ("idle", "judged"),
    [
        (None, None),
        ((), Judged(idle=False, at=NOON)),
        ((Idle("web", 14, NOON - DAY),), Judged(idle=True, at=NOON - DAY)),
        ((Idle("db-1", 14, NOON - DAY),), None),
    ],
)
def test_an_environment_is_idle_only_as_a_whole(
    stage: Watching, idle: tuple[Idle, ...] | None, judged: Judged | None
) -> None:
    stage.world.aws("pr-142").signals.idle = idle
    stage.look()
    assert stage.evidence().optimizer == judged


def test_evidence_that_aws_does_not_give_today_stays_as_yesterday(stage: Watching) -> None:
    stage.look()
    before = stage.evidence().requests
    stage.world.aws("pr-142").signals.refused = {Sign.TRAFFIC: "AWS denies it."}
    see(stage.world, "pr-142", deployed=NOON - timedelta(days=63))
    stage.look(days=1)
    assert stage.evidence().requests == before
    assert now_of(stage.world).stage(stage.world.clock.at) is Stage.NEW


def test_a_deactivated_owner_differs_from_one_unknown_to_slack(stage: Watching) -> None:
    owned(stage.world, "U0REX", "Rex")
    stage.look()
    owner = stage.evidence().owner
    assert owner is not None
    assert (owner.standing, owner.name) == (Standing.DEACTIVATED, "Rex")
    stage.world.people.silent = True
    stage.look(days=1)
    assert stage.evidence().owner is None
    stage.world.people.silent = False
    stage.world.people.accounts["U0REX"] = SlackAccount(TEAM, "U0REX", missing=True)
    stage.look(days=1)
    assert (owner := stage.evidence().owner) is not None
    assert owner.standing is Standing.GONE


def test_tags_name_the_owner_and_the_purpose(stage: Watching) -> None:
    plain = environment("plain", owner="")
    stage.store.catalog.write(CatalogChange(put_environments=(plain,)))
    tagged = service("web", tags={"Owner": "team-x", "branch": "fix"})
    stage.world.aws("plain").services.put(tagged)
    stage.look()
    found = stage.evidence("plain")
    assert (found.made_for, found.owner and found.owner.name) == ("branch fix", "team-x")


def test_the_cost_of_a_finding_is_the_recent_cost(stage: Watching) -> None:
    days = [NOON.date() - timedelta(days=n) for n in (1, 2, 3)]
    rows = [UsageRow("pr-142", "web", day, "fargate.vcpu.x86", 1, 2 * MILLION) for day in days]
    stage.store.book.ledger.days.put("pr-142", days, rows)
    stage.look()
    assert stage.evidence().monthly == 60 * MILLION
    assert stage.evidence("staging").monthly is None


def test_an_unfinished_local_day_does_not_lower_the_cost(stage: Watching) -> None:
    """In Honolulu it is still Sunday the 29th when Monday has begun in UTC: Friday and Saturday count."""
    far = environment("far", owner="", time_zone="Pacific/Honolulu")
    stage.store.catalog.write(CatalogChange(put_environments=(far,)))
    stage.world.aws("far").services.put(service("web"))
    stage.world.clock.at = NOON.replace(hour=6)
    for number, dollars in ((26, 9), (27, 2), (28, 2), (29, 1)):
        day = date(2026, 11, number)
        row = UsageRow("far", "web", day, "fargate.vcpu.x86", 1, dollars * MILLION)
        stage.store.book.ledger.days.put("far", [day], [row])
    stage.look()
    assert stage.evidence("far").monthly == 60 * MILLION
