"""Flags in AppConfig: what a configuration says of one, what else differs, and whether it may be deployed
now.

A configuration is the JSON of the type AWS.AppConfig.FeatureFlags (facts/ecs 12.2).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from policies.access.decision import Refused, refuse
from policies.flags.switching import MISSING, MOST_NAMED, VARIANTS, Held, Switch
from policies.service.environment import Flag
from policies.times.instants import words

FEATURE_FLAGS = "AWS.AppConfig.FeatureFlags"
"""The one type of a configuration profile whose configurations are read."""
COMPLETE = "COMPLETE"
GOING = frozenset({"VALIDATING", "DEPLOYING", "BAKING", "ROLLING_BACK"})
"""The states of a deployment under way. While one bakes, all have the new configuration already, and an alarm
still rolls it back."""
STOPPABLE = GOING - {"ROLLING_BACK"}
TAKEN_BACK = frozenset({"ROLLED_BACK", "REVERTED"})
"""The ends of a deployment that was stopped under way, and of one that was complete."""
REVERTED_FOR = timedelta(hours=71)
"""For how long a complete deployment is reverted from here: AppConfig does so for 72 h (facts/ecs 12.2)."""
OURS = "lamplighter"
"""How the label of every version begins that is written from here."""
_VARIANTS = "_variants"
_STAMPS = frozenset({"_createdAt", "_updatedAt"})


@dataclass(frozen=True)
class Rollout:
    """One deployment of AppConfig. ``version``: of the configuration; 0 if it has no number. ``percent``: of
    the targets that have it. ``minutes``: how long it takes, baking included. ``by`` and ``why``: of one that
    was rolled back, who or what did it, in AppConfig's words."""

    number: int
    profile: str
    version: int
    state: str
    percent: int = 0
    minutes: int = 0
    started_at: datetime | None = None
    by: str = ""
    why: str = ""
    completed_at: datetime | None = None


class Turned(StrEnum):
    """How a flag of one configuration differs from the same flag of another."""

    ON = "on"
    OFF = "off"
    ADDED = "added"
    REMOVED = "removed"
    OTHERWISE = "otherwise"
    """Attributes, variants, or what is said about the flag."""


@dataclass(frozen=True)
class Draft:
    """A version that is newer than the deployed one and was never deployed here: what it would change, by the
    keys of the flags. It may be empty."""

    version: int
    changes: tuple[tuple[str, Turned], ...]


@dataclass(frozen=True)
class Feature:
    """What AppConfig has of a flag. ``held`` is of the version that is deployed. ``newest``: the newest
    version of the profile, deployed or not. ``latest``: the number of the newest deployment of the AppConfig
    environment, of whatever profile. ``experiment``: the name of one that is active on the profile."""

    held: Held
    newest: int = 0
    latest: int = 0
    under_way: Rollout | None = None
    draft: Draft | None = None
    experiment: str = ""


def held_in(configuration: bytes, key: str, version: int) -> Held:
    """What a configuration says of a flag. Raises ``ValueError`` if it is no configuration of flags."""
    value = _values(_read(configuration)).get(key)
    if isinstance(value, dict) and _VARIANTS in value:
        return Held("", version, VARIANTS)
    enabled = value.get("enabled") if isinstance(value, dict) else None
    if not isinstance(enabled, bool):
        return Held("", version, MISSING)
    return Held("true" if enabled else "false", version)


def switched(configuration: bytes, key: str, state: Switch) -> bytes:
    """The same configuration with nothing changed but ``enabled`` of this flag. Raises ``ValueError`` if it
    does not say of the flag whether it is on."""
    if held_in(configuration, key, 0).type in (MISSING, VARIANTS):
        raise ValueError(f"no plain flag {key}")
    whole = _read(configuration)
    whole["values"][key]["enabled"] = state is Switch.ON
    return json.dumps(whole, ensure_ascii=False, allow_nan=False).encode()


def differences(deployed: bytes, draft: bytes) -> tuple[tuple[str, Turned], ...]:
    """What would change if ``draft`` were deployed, by the keys of the flags, in order. When a flag was last
    edited is no difference. Raises ``ValueError`` if either is no configuration of flags."""
    before, after = _read(deployed), _read(draft)
    keys = sorted({k for whole in (before, after) for k in (*_values(whole), *_section(whole, "flags"))})
    return tuple((key, turned) for key in keys for turned in _turned(key, before, after))


def of_ours(label: str, environment: str) -> bool:
    """Whether a version of this label was written from here, for this AppConfig environment."""
    return label.startswith(f"{OURS}-{environment}-")


def label_of(environment: str, step: str) -> str:
    """The label of the version that a step writes: at most 64 characters. ``step`` names the step
    uniquely."""
    return f"{OURS}-{environment}-{step}"[:64]


def distorts(flag: Flag, feature: Feature) -> Refused | None:
    """Why no change may reach the configuration now; ``None`` if no experiment is active on it."""
    if not feature.experiment:
        return None
    return refuse(
        "flags.experiment",
        f"The experiment `{feature.experiment[:64]}` is active on the configuration of `{flag.name}`, "
        "and a change would distort it. Stop the experiment first.",
    )


def may_begin(flag: Flag, feature: Feature, now: datetime) -> Refused | None:
    """Why nothing can be deployed now, or why it must not be; ``None`` if it can."""
    refused = distorts(flag, feature)
    if refused is not None:
        return refused
    if feature.under_way is not None:
        return refuse("flags.deploying", _one_at_a_time(flag, feature.under_way, now))
    if feature.draft is not None and feature.draft.changes:
        return refuse("flags.draft", _undeployed(flag, feature.draft))
    return None


def revertible(flag: Flag, feature: Feature, rollout: Rollout, now: datetime) -> bool:
    """Whether a deployment can be reverted with nothing of anybody else: it is complete and not for too long,
    what it deployed is in force, and nothing was deployed to its AppConfig environment after it."""
    if flag.appconfig is None or rollout.state != COMPLETE or rollout.number != feature.latest:
        return False
    in_force = (rollout.profile, rollout.version) == (flag.appconfig.profile, feature.held.version)
    done = rollout.completed_at
    return in_force and (done is None or now - done < REVERTED_FOR)


def _one_at_a_time(flag: Flag, found: Rollout, now: datetime) -> str:
    since = f", begun {words(max(now, found.started_at) - found.started_at)} ago" if found.started_at else ""
    own = flag.appconfig is not None and found.profile == flag.appconfig.profile
    what = f"version {found.version} of the same configuration" if own else "another configuration"
    return (
        "AppConfig deploys one configuration at a time in an environment, and a deployment of "
        f"{what} is under way{since}. Ask for `{flag.name}` again once it is complete."
    )


def _undeployed(flag: Flag, draft: Draft) -> str:
    """Our own version would be made from what is deployed, and so would bury the draft."""
    told = [_said(key, turned) for key, turned in draft.changes[:MOST_NAMED]]
    more = len(draft.changes) - MOST_NAMED
    listed = "; ".join([*told, *([f"and {more} more"] if more > 0 else [])])
    return (
        f"Somebody wrote version {draft.version} of the configuration of `{flag.name}` and never deployed it "
        f"here. It would {listed}. Deploy or delete that version first; from here it is neither deployed nor "
        "replaced."
    )


def _said(key: str, turned: Turned) -> str:
    return {
        Turned.ON: f"turn `{key}` on",
        Turned.OFF: f"turn `{key}` off",
        Turned.ADDED: f"add `{key}`",
        Turned.REMOVED: f"remove `{key}`",
        Turned.OTHERWISE: f"change more of `{key}` than on or off",
    }[turned]


def _turned(key: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Turned]:
    was, will = ([_values(w).get(key), _section(w, "flags").get(key)] for w in (before, after))
    if was == [None, None] or will == [None, None]:
        yield Turned.ADDED if was == [None, None] else Turned.REMOVED
        return
    old, new = (_enabled(value) for value, _ in (was, will))
    if old != new and isinstance(new, bool):
        yield Turned.ON if new else Turned.OFF
    if [_bare(part) for part in was] != [_bare(part) for part in will]:
        yield Turned.OTHERWISE


def _enabled(value: object) -> object:
    return value.get("enabled") if isinstance(value, dict) else None


def _bare(part: object) -> object:
    """A part without whether it is on, and without when it was edited."""
    if not isinstance(part, dict):
        return part
    plain = isinstance(part.get("enabled"), bool)
    return {k: v for k, v in part.items() if k not in _STAMPS and not (plain and k == "enabled")}


def _read(configuration: bytes) -> dict[str, Any]:
    try:
        whole = json.loads(configuration)
    except (ValueError, RecursionError) as error:
        raise ValueError("no configuration of flags") from error
    if not isinstance(whole, dict):
        raise ValueError("no configuration of flags")
    return whole


def _values(whole: Mapping[str, Any]) -> Mapping[str, Any]:
    return _section(whole, "values")


def _section(whole: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = whole.get(name)
    return found if isinstance(found, dict) else {}


def deployed_of(profile: str, rollouts: Sequence[Rollout]) -> Rollout | None:
    """The deployment that is in force: the newest complete one of the profile. One that was reverted no
    longer is. ``rollouts``: newest first."""
    return next((r for r in rollouts if r.profile == profile and r.state == COMPLETE), None)
