"""What a configuration of AppConfig says of a flag, how two differ, and what is not to be deployed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.access.decision import Refused
from policies.flags.deploying import (
    Draft,
    Feature,
    Rollout,
    Turned,
    deployed_of,
    differences,
    held_in,
    label_of,
    may_begin,
    of_ours,
    revertible,
    switched,
)
from policies.flags.switching import MISSING, VARIANTS, Held, Switch
from policies.service.environment import AppConfig, Flag

FLAG = Flag("new-checkout", appconfig=AppConfig("app1", "env1", "pro1", "checkout"))
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OFF = Held("false", 3)
CONTENTS = st.dictionaries(
    st.text("abcxyz", min_size=1, max_size=3),
    st.fixed_dictionaries(
        {"enabled": st.booleans()},
        optional={"size": st.integers(), "name": st.text(max_size=5), "ratio": st.floats(0, 1)},
    ),
    min_size=1,
    max_size=4,
)


def written(values: dict[str, Any], **rest: Any) -> bytes:
    return json.dumps({"version": "1", "values": values, **rest}).encode()


@pytest.mark.parametrize(
    ("value", "held"),
    [
        ({"enabled": True, "colour": "red"}, Held("true", 3)),
        ({"enabled": False}, OFF),
        ({"enabled": "true"}, Held("", 3, MISSING)),
        ({"colour": "red"}, Held("", 3, MISSING)),
        ({"_variants": [{"name": "a", "enabled": True}]}, Held("", 3, VARIANTS)),
        ({"enabled": True, "_variants": []}, Held("", 3, VARIANTS)),
        ("on", Held("", 3, MISSING)),
    ],
)
def test_a_flag_is_on_by_its_own_enabled_alone(value: object, held: Held) -> None:
    assert held_in(written({"checkout": value}), "checkout", 3) == held
    assert held_in(written({"checkout": value}), "other", 3) == Held("", 3, MISSING)


@pytest.mark.parametrize("content", [b"on: true", b"", b"[]", b"\xff\xfe"])
def test_what_is_no_configuration_of_flags_is_a_mistake(content: bytes) -> None:
    with pytest.raises(ValueError, match="no configuration of flags"):
        held_in(content, "checkout", 1)


@given(CONTENTS, st.data())
def test_a_switch_changes_one_enabled_and_nothing_else(values: dict[str, Any], data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(sorted(values)))
    state = data.draw(st.sampled_from(Switch))
    before = written(values, flags={key: {"name": "ü", "_createdAt": "then"}})
    whole = json.loads(switched(before, key, state))
    assert whole["values"][key].pop("enabled") is (state is Switch.ON)
    old = json.loads(before)
    del old["values"][key]["enabled"]
    assert whole == old


@pytest.mark.parametrize("value", [{"_variants": []}, {"size": 1}])
def test_what_is_no_plain_flag_is_not_switched(value: object) -> None:
    with pytest.raises(ValueError, match="no plain flag"):
        switched(written({"checkout": value}), "checkout", Switch.ON)


@pytest.mark.parametrize(
    ("after", "changes"),
    [
        ({"a": {"enabled": True, "_updatedAt": "now"}}, ()),
        ({"a": {"enabled": False}}, (("a", Turned.OFF),)),
        ({"a": {"enabled": True, "size": 2}}, (("a", Turned.OTHERWISE),)),
        ({"a": {"enabled": False, "size": 2}}, (("a", Turned.OFF), ("a", Turned.OTHERWISE))),
        ({"a": {"_variants": []}}, (("a", Turned.OTHERWISE),)),
        ({}, (("a", Turned.REMOVED),)),
        ({"a": {"enabled": True}, "b": {"enabled": True}}, (("b", Turned.ADDED),)),
    ],
)
def test_two_configurations_differ_by_their_flags(
    after: dict[str, Any], changes: tuple[tuple[str, Turned], ...]
) -> None:
    before = {"a": {"enabled": True, "_updatedAt": "then"}}
    assert differences(written(before), written(after)) == changes


def test_what_is_said_about_a_flag_is_a_difference_too() -> None:
    before = written({"a": {"enabled": True}}, flags={"a": {"name": "A"}})
    after = written({"a": {"enabled": True}}, flags={"a": {"name": "A", "attributes": {"x": {}}}})
    assert differences(before, after) == (("a", Turned.OTHERWISE),)


def test_what_is_deployed_is_the_newest_complete_deployment_of_the_profile() -> None:
    rollouts = [
        Rollout(6, "pro1", 6, "ROLLED_BACK"),
        Rollout(5, "pro1", 5, "REVERTED"),
        Rollout(4, "other", 9, "COMPLETE"),
        Rollout(3, "pro1", 4, "COMPLETE"),
        Rollout(2, "pro1", 2, "COMPLETE"),
    ]
    assert deployed_of("pro1", rollouts) == rollouts[3]
    assert deployed_of("none", rollouts) is None


@pytest.mark.parametrize(
    ("feature", "rule"),
    [
        (Feature(OFF), None),
        (Feature(OFF, draft=Draft(4, ())), None),
        (Feature(OFF, draft=Draft(4, (("b", Turned.ADDED),))), "flags.draft"),
        (Feature(OFF, under_way=Rollout(3, "pro1", 4, "BAKING")), "flags.deploying"),
        (Feature(OFF, experiment="x"), "flags.experiment"),
    ],
)
def test_what_keeps_a_deployment_from_being_begun(feature: Feature, rule: str | None) -> None:
    found = may_begin(FLAG, feature, NOW)
    assert (found.rule if isinstance(found, Refused) else found) == rule


def test_a_deployment_that_began_in_our_future_began_just_now() -> None:
    going = Rollout(3, "pro1", 4, "DEPLOYING", started_at=NOW + timedelta(hours=1))
    refused = may_begin(FLAG, Feature(OFF, under_way=going), NOW)
    assert refused is not None and "begun 0 s ago" in refused.reason


DONE = Rollout(4, "pro1", 3, "COMPLETE", completed_at=NOW - timedelta(hours=1))


@pytest.mark.parametrize(
    ("rollout", "latest", "may"),
    [
        (DONE, 4, True),
        (DONE, 5, False),
        (replace(DONE, completed_at=None), 4, True),
        (replace(DONE, completed_at=NOW - timedelta(hours=70, minutes=59)), 4, True),
        (replace(DONE, completed_at=NOW - timedelta(hours=71)), 4, False),
        (replace(DONE, version=2), 4, False),
        (replace(DONE, profile="other"), 4, False),
        (replace(DONE, state="BAKING"), 4, False),
        (replace(DONE, state="REVERTED"), 4, False),
    ],
)
def test_only_the_newest_deployment_is_reverted_while_what_it_deployed_is_in_force(
    rollout: Rollout, latest: int, may: bool
) -> None:
    assert revertible(FLAG, Feature(OFF, latest=latest), rollout, NOW) is may


def test_a_flag_in_a_parameter_has_nothing_to_revert() -> None:
    assert not revertible(Flag("x", "/x"), Feature(OFF, latest=4), DONE, NOW)


def test_a_label_is_of_one_environment_and_fits() -> None:
    label = label_of("env1", "260302t090000-0123456789-0")
    assert of_ours(label, "env1") and not of_ours(label, "env2")
    assert not of_ours("v2.1", "env1")
    assert len(label_of("env1234", "x" * 90)) == 64
