"""The same suite runs on the fake and on the real adapter: feature flags in AppConfig.

The world's AppConfig is our own reading of it (facts/ecs 12.2).
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

import pytest

from handlers.ports.features import CONFLICT, Change
from handlers.ports.scope import Scope
from handlers.words.errors import Absent, Rejected
from policies.flags.deploying import FEATURE_FLAGS, Turned, label_of
from policies.flags.switching import FREEFORM, MISSING, UNDEPLOYED, VARIANTS, Held, Switch
from policies.service.environment import AppConfig, Environment, Flag
from tests.bot.aws.stage import DEV, Stage, environment, made_up_credentials
from tests.contracts.world_once import stage_once
from tests.fakes.aws import FakeScopes
from tests.fakes.aws_appconfig import Profile, configuration

__all__ = ["stage_once"]

NUMBERS = itertools.count(1000)
OFF: dict[str, Any] = {"a": False, "b": {"enabled": True, "shade": "deep"}}


class Bench(Protocol):
    def bind(self, where: Environment) -> Scope: ...

    def create(self, at: AppConfig, content: bytes | None, type_: str = "") -> None:
        """Make the profile, and deploy the content if there is any."""
        ...

    def put(self, at: AppConfig, content: bytes, label: str = "") -> int: ...

    def deploy(self, at: AppConfig, version: int, *, slow: bool = False) -> None: ...

    def take_back(self, at: AppConfig) -> None: ...

    def experiment(self, at: AppConfig, name: str) -> None: ...

    def content(self, at: AppConfig, version: int) -> Mapping[str, Any]: ...


@dataclass
class FakeBench:
    scopes: FakeScopes

    def bind(self, where: Environment) -> Scope:
        return self.scopes.bind(where, DEV)

    def create(self, at: AppConfig, content: bytes | None, type_: str = "") -> None:
        store = self.scopes.appconfig
        store.profiles[(at.application, at.profile)] = Profile(type_ or FEATURE_FLAGS)
        store.deployments.setdefault((at.application, at.environment), [])
        if content is not None:
            store.begin(at, store.put(at, content), "COMPLETE")

    def put(self, at: AppConfig, content: bytes, label: str = "") -> int:
        return self.scopes.appconfig.put(at, content, label)

    def deploy(self, at: AppConfig, version: int, *, slow: bool = False) -> None:
        self.scopes.appconfig.begin(at, version, "BAKING" if slow else "COMPLETE")

    def take_back(self, at: AppConfig) -> None:
        store = self.scopes.appconfig
        number = len(store.deployments[(at.application, at.environment)])
        store.by, store.why = "CLOUDWATCH_ALARM", "an alarm"
        store.end(at, number, "ROLLED_BACK")

    def experiment(self, at: AppConfig, name: str) -> None:
        self.scopes.appconfig.experiment = name

    def content(self, at: AppConfig, version: int) -> Mapping[str, Any]:
        found: Mapping[str, Any] = json.loads(self.scopes.appconfig.content(at, version))
        return found


@dataclass
class WorldBench:
    stage: Stage

    def bind(self, where: Environment) -> Scope:
        return self.stage.bind(where)

    def create(self, at: AppConfig, content: bytes | None, type_: str = "") -> None:
        self._order("create", at, content=content.decode() if content else None, type=type_)

    def put(self, at: AppConfig, content: bytes, label: str = "") -> int:
        return int(str(self._order("write", at, content=content.decode(), label=label)["version"]))

    def deploy(self, at: AppConfig, version: int, *, slow: bool = False) -> None:
        self._order("deploy", at, version=version, strategy="AppConfig.AllAtOnce" if slow else "")

    def take_back(self, at: AppConfig) -> None:
        self._order("take_back", at, by="CLOUDWATCH_ALARM", why="an alarm")

    def experiment(self, at: AppConfig, name: str) -> None:
        self._order("experiment", at, name=name)

    def content(self, at: AppConfig, version: int) -> Mapping[str, Any]:
        client = self.stage.client("appconfig")
        row = client.get_hosted_configuration_version(
            ApplicationId=at.application, ConfigurationProfileId=at.profile, VersionNumber=version
        )
        found: Mapping[str, Any] = json.loads(row["Content"].read())
        return found

    def _order(self, verb: str, at: AppConfig, **fields: Any) -> dict[str, object]:
        place = {"application": at.application, "environment": at.environment, "profile": at.profile}
        return self.stage.world.change({"do": f"appconfig.{verb}", **place, **fields})


@pytest.fixture(params=["fake", "adapter"])
def bench(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, stage_once: Callable[[], Stage]
) -> Bench:
    if request.param == "fake":
        return FakeBench(FakeScopes())
    made_up_credentials(monkeypatch)
    return WorldBench(stage_once())


def place(key: str = "a") -> AppConfig:
    """A place that is new to the account."""
    number = next(NUMBERS)
    return AppConfig(f"app{number}", f"env{number}", f"pro{number}", key)


def bound(bench: Bench, at: AppConfig, *more: Flag) -> Scope:
    return bench.bind(environment("staging", flags=(Flag("flag", appconfig=at), *more)))


def changed(at: AppConfig, **rest: Any) -> Change:
    return replace(Change(Switch.ON, 1, 1, label_of(at.environment, "op-0")), **rest)


def test_what_is_deployed_is_read_and_not_what_was_written(bench: Bench) -> None:
    at = place()
    bench.create(at, configuration(**OFF))
    bench.put(at, configuration(**OFF | {"a": True}))
    scope = bound(bench, at, Flag("other", appconfig=replace(at, flag="b")))
    assert scope.flags.read(["flag", "other"]) == {"flag": Held("false", 1), "other": Held("true", 1)}
    bench.deploy(at, 2)
    assert scope.flags.read(["flag"]) == {"flag": Held("true", 2)}


@pytest.mark.parametrize(
    ("content", "type_", "held"),
    [
        (b"on: true", "AWS.Freeform", Held("", 0, FREEFORM)),
        (None, "", Held("", 0, UNDEPLOYED)),
        (configuration(b=True), "", Held("", 1, MISSING)),
        (configuration(a={"_variants": []}), "", Held("", 1, VARIANTS)),
    ],
)
def test_what_is_no_plain_flag_has_a_type_and_no_value(
    bench: Bench, content: bytes | None, type_: str, held: Held
) -> None:
    at = place()
    bench.create(at, content, type_)
    scope = bound(bench, at)
    assert scope.flags.read(["flag"]) == {"flag": held}
    assert scope.features.facts("flag").held == held


def test_what_is_not_there_is_left_out_of_a_list_and_absent_alone(bench: Bench) -> None:
    at = place()
    bench.create(at, configuration(**OFF))
    gone = Flag("gone", appconfig=replace(at, profile="none123"))
    scope = bound(bench, at, gone)
    assert list(scope.flags.read(["gone", "flag"])) == ["flag"]
    for name in ("gone", "unnamed"):
        with pytest.raises(Absent):
            scope.features.facts(name)


def test_a_flag_of_appconfig_is_in_no_parameter(bench: Bench) -> None:
    at = place()
    bench.create(at, configuration(**OFF))
    with pytest.raises(Absent):
        bound(bench, at).flags.switch("flag", Switch.ON)


def test_a_version_is_written_with_one_change_and_then_deployed(bench: Bench) -> None:
    at = place()
    bench.create(at, configuration(**OFF))
    scope, change = bound(bench, at), changed(at)
    written = scope.features.write("flag", change)
    assert written.version == 2 and written.request_id
    assert scope.features.written("flag", change.label) == 2
    assert scope.features.written("flag", "lamplighter-other") == 0
    assert bench.content(at, 2) == json.loads(configuration(**OFF | {"a": True}))
    assert scope.flags.read(["flag"]) == {"flag": Held("false", 1)}
    assert scope.features.of_version("flag", 2) is None

    started = scope.features.deploy("flag", 2, after=1, why="flag on, by Dev")
    assert started.number == 2 and started.request_id
    found = scope.features.of_version("flag", 2)
    assert found is not None and (found.number, found.profile) == (2, at.profile)
    assert scope.features.rollout("flag", 2).version == 2


def test_what_would_overtake_somebody_is_a_conflict(bench: Bench) -> None:
    at = place()
    bench.create(at, configuration(**OFF))
    scope = bound(bench, at)
    bench.put(at, configuration(**OFF))
    with pytest.raises(Rejected) as wrote:
        scope.features.write("flag", changed(at))
    bench.deploy(at, 2)
    with pytest.raises(Rejected) as late:
        scope.features.deploy("flag", 2, after=1, why="")
    bench.deploy(at, 1, slow=True)
    with pytest.raises(Rejected) as busy:
        scope.features.deploy("flag", 2, after=3, why="")
    assert {told.value.code for told in (wrote, late, busy)} == {CONFLICT}


def test_a_deployment_under_way_is_seen_from_every_profile_of_the_environment(bench: Bench) -> None:
    at = place()
    other = replace(at, profile=f"two{next(NUMBERS)}")
    bench.create(at, configuration(**OFF))
    bench.create(other, configuration(a=True))
    scope = bound(bench, at, Flag("second", appconfig=other))
    bench.deploy(at, bench.put(at, configuration(**OFF | {"a": True})), slow=True)
    for name in ("flag", "second"):
        going = scope.features.facts(name).under_way
        assert going is not None and (going.number, going.profile, going.version) == (3, at.profile, 2)
        assert going.started_at is not None and going.minutes == 10
    read = scope.flags.read(["flag", "second"])
    assert read == {"flag": Held("false", 1, under_way=100), "second": Held("true", 1)}


def test_a_rollback_says_who_and_why_and_what_was_before_is_in_force(bench: Bench) -> None:
    at = place()
    bench.create(at, configuration(**OFF))
    scope = bound(bench, at)
    bench.deploy(at, bench.put(at, configuration(**OFF | {"a": True})), slow=True)
    bench.take_back(at)
    found = scope.features.rollout("flag", 2)
    assert (found.state, found.by, found.why) == ("ROLLED_BACK", "CLOUDWATCH_ALARM", "an alarm")
    facts = scope.features.facts("flag")
    assert (facts.held, facts.newest, facts.latest) == (Held("false", 1), 2, 2)
    assert facts.draft is None and facts.under_way is None, "it was deployed, so it is nobody's draft"


def test_a_draft_is_told_by_what_it_changes_unless_it_is_ours(bench: Bench) -> None:
    at = place()
    bench.create(at, configuration(**OFF))
    scope = bound(bench, at)
    assert scope.features.facts("flag").draft is None
    bench.put(at, configuration(**OFF | {"a": True}), label_of(at.environment, "op-0"))
    assert scope.features.facts("flag").draft is None
    bench.put(at, configuration(**OFF | {"b": {"enabled": False, "shade": "deep"}}), "theirs")
    draft = scope.features.facts("flag").draft
    assert draft is not None and (draft.version, draft.changes) == (3, (("b", Turned.OFF),))


def test_many_versions_and_deployments_are_read_page_by_page(bench: Bench) -> None:
    at = place()
    bench.create(at, configuration(**OFF))
    other = replace(at, profile=f"two{next(NUMBERS)}")
    bench.create(other, configuration(a=True))
    for number in range(2, 58):
        bench.deploy(other, bench.put(other, configuration(a=bool(number % 2))))
    scope = bound(bench, at, Flag("second", appconfig=other))
    assert scope.features.facts("flag").latest == 58
    assert scope.features.facts("flag").held == Held("false", 1)
    assert scope.features.facts("second").newest == 57


def test_an_active_experiment_is_named(bench: Bench) -> None:
    at = place()
    bench.create(at, configuration(**OFF))
    scope = bound(bench, at)
    assert scope.features.facts("flag").experiment == ""
    bench.experiment(at, "colours")
    assert scope.features.facts("flag").experiment == "colours"


@pytest.mark.parametrize(("slow", "ended"), [(True, "ROLLED_BACK"), (False, "REVERTED")])
def test_a_deployment_under_way_is_taken_back_and_a_complete_one_reverted(
    bench: Bench, slow: bool, ended: str
) -> None:
    at = place()
    bench.create(at, configuration(**OFF))
    scope, on = bound(bench, at), bench.put(at, configuration(**OFF | {"a": True}))
    bench.deploy(at, on, slow=slow)
    newest = scope.features.newest("flag")
    assert newest is not None and (newest.number, newest.state) == (2, "BAKING" if slow else "COMPLETE")
    assert (newest.completed_at is None) is slow
    assert scope.features.revert("flag", 2)
    found = scope.features.rollout("flag", 2)
    assert (found.state, found.by, found.version) == (ended, "USER", on)
    with pytest.raises(Rejected):
        scope.features.revert("flag", 2)
    facts = scope.features.facts("flag")
    assert (facts.held, facts.latest, facts.under_way) == (Held("false", 1), 2, None)


def test_the_newest_deployment_is_that_of_the_environment_whatever_its_profile(bench: Bench) -> None:
    at = place()
    other = replace(at, profile=f"two{next(NUMBERS)}")
    bench.create(at, None)
    scope = bound(bench, at)
    assert scope.features.newest("flag") is None
    bench.create(other, configuration(a=True))
    newest = scope.features.newest("flag")
    assert newest is not None and (newest.number, newest.profile) == (1, other.profile)


def test_nothing_is_taken_back_where_the_catalog_keeps_no_flag(bench: Bench) -> None:
    at = place()
    bench.create(at, configuration(**OFF))
    with pytest.raises(Absent):
        bound(bench, at).features.revert("unnamed", 1)
