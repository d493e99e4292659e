"""AppConfig in memory: ``Features``, and what somebody else writes and deploys."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from handlers.ports.aws import Written
from handlers.ports.features import CONFLICT, Change, Started
from handlers.words.errors import Absent, Rejected
from policies.flags.deploying import (
    FEATURE_FLAGS,
    GOING,
    Draft,
    Feature,
    Rollout,
    deployed_of,
    differences,
    held_in,
    of_ours,
    switched,
)
from policies.flags.switching import FREEFORM, UNDEPLOYED, Held
from policies.service.environment import AppConfig, Flag
from tests.fakes.aws_script import Script


def configuration(**flags: object) -> bytes:
    """A configuration of flags that are on or off, or whose value is given as it is."""
    values = {k: {"enabled": v} if isinstance(v, bool) else v for k, v in flags.items()}
    return json.dumps({"version": "1", "flags": {k: {"name": k} for k in flags}, "values": values}).encode()


@dataclass
class Profile:
    """``versions``: what each holds and its label; the first is version 1."""

    type: str = FEATURE_FLAGS
    versions: list[tuple[bytes, str]] = field(default_factory=list)


@dataclass
class FakeAppConfig:
    """AppConfig of one account and region. ``path``: the states that a deployment passes through, one for
    each look at it; it stays in the last. ``by`` and ``why``: what rolls it back, if that is where it ends.
    """

    now: Callable[[], datetime]
    profiles: dict[tuple[str, str], Profile] = field(default_factory=dict)
    deployments: dict[tuple[str, str], list[Rollout]] = field(default_factory=dict)
    path: Sequence[str] = ("COMPLETE",)
    path_back: Sequence[str] = ()
    """The states through which one passes that is taken back, before its end."""
    by: str = ""
    why: str = ""
    minutes: int = 10
    experiment: str = ""
    _looks: dict[tuple[str, str, int], int] = field(default_factory=dict)
    _back: dict[tuple[str, str, int], Sequence[str]] = field(default_factory=dict)

    def create(self, place: AppConfig, content: bytes, type_: str = FEATURE_FLAGS) -> None:
        """Make application, environment and profile, and deploy the content as version 1."""
        self.profiles[(place.application, place.profile)] = Profile(type_)
        self.deployments.setdefault((place.application, place.environment), [])
        self.put(place, content)
        self.begin(place, 1, "COMPLETE")

    def put(self, place: AppConfig, content: bytes, label: str = "") -> int:
        """Write a version, which is not deployed."""
        versions = self.profiles[(place.application, place.profile)].versions
        versions.append((content, label))
        return len(versions)

    def begin(self, place: AppConfig, version: int, state: str, percent: int = 0) -> Rollout:
        """Deploy a version; ``state`` is where that deployment is at first."""
        rows = self.deployments[(place.application, place.environment)]
        made = Rollout(
            len(rows) + 1,
            place.profile,
            version,
            state,
            100 if state in ("COMPLETE", "BAKING") else percent,
            self.minutes,
            self.now(),
            completed_at=self.now() if state == "COMPLETE" else None,
        )
        rows.append(made)
        return made

    def end(self, place: AppConfig, number: int, state: str, *, by: str = "") -> None:
        rows = self.deployments[(place.application, place.environment)]
        done = rows[number - 1].completed_at or (self.now() if state == "COMPLETE" else None)
        why = "" if by else self.why
        rows[number - 1] = replace(
            rows[number - 1], state=state, by=by or self.by, why=why, completed_at=done
        )

    def content(self, place: AppConfig, version: int) -> bytes:
        return self.profiles[(place.application, place.profile)].versions[version - 1][0]

    def look(self, place: AppConfig, number: int) -> Rollout:
        """Move a deployment one state on, and return it."""
        key = (place.application, place.environment, number)
        seen = self._looks.get(key)
        if seen is not None:
            path, by = self._back.get(key, self.path), "USER" if key in self._back else ""
            self._looks[key] = min(seen + 1, len(path) - 1)
            self.end(place, number, path[min(seen, len(path) - 1)], by=by)
        return self.deployments[key[:2]][number - 1]

    def revert(self, place: AppConfig, number: int) -> None:
        """Take a deployment back, as ``StopDeployment`` with ``AllowRevert`` does."""
        row = self.deployments[(place.application, place.environment)][number - 1]
        late = row.completed_at is not None and self.now() - row.completed_at > timedelta(hours=72)
        if row.state not in {*GOING, "COMPLETE"} - {"ROLLING_BACK"} or late:
            raise Rejected(f"AWS refused: the deployment is {row.state}.", "BadRequestException")
        back = (*self.path_back, "REVERTED" if row.state == "COMPLETE" else "ROLLED_BACK")
        self.end(place, number, back[0], by="USER")
        key = (place.application, place.environment, number)
        self._looks[key], self._back[key] = 0, back

    def follow(self, place: AppConfig, made: Rollout) -> None:
        self._looks[(place.application, place.environment, made.number)] = 0


@dataclass
class FakeFeatures:
    """``Features`` of one environment."""

    script: Script
    store: FakeAppConfig
    flags: tuple[Flag, ...] = ()

    def of(self, flags: tuple[Flag, ...]) -> FakeFeatures:
        return replace(self, flags=flags)

    def facts(self, flag: str) -> Feature:
        with self.script.call("feature_facts", flag):
            place, profile, rows = self._at(flag)
            newest, latest = len(profile.versions), len(rows)
            held = self._held(place, profile, rows)
            under_way = next((r for r in rows if r.state in GOING), None)
            draft = self._draft(place, profile, rows, held.version)
            return Feature(held, newest, latest, under_way, draft, self.store.experiment)

    def read(self, flag: str) -> Held | None:
        try:
            place, profile, rows = self._at(flag)
        except Absent:
            return None
        going = next((r for r in rows if r.state in GOING and r.profile == place.profile), None)
        return replace(self._held(place, profile, rows), under_way=going.percent if going else None)

    def write(self, flag: str, change: Change) -> Written:
        with self.script.call("write_version", flag, str(change.state)):
            place, profile, _ = self._at(flag)
            if len(profile.versions) != change.newest:
                raise Rejected("AWS refused: it is not the latest version.", CONFLICT)
            content = switched(self.store.content(place, change.base), place.flag, change.state)
            return Written(f"request-{flag}", self.store.put(place, content, change.label))

    def written(self, flag: str, label: str) -> int:
        with self.script.call("find_version", flag):
            _, profile, _ = self._at(flag)
            return next((n for n, (_, known) in enumerate(profile.versions, 1) if known == label), 0)

    def deploy(self, flag: str, version: int, *, after: int, why: str) -> Started:
        with self.script.call("deploy_version", flag, version):
            place, _, rows = self._at(flag)
            if len(rows) != after or any(r.state in GOING for r in rows):
                raise Rejected("AWS refused: another deployment.", CONFLICT)
            made = self.store.begin(place, version, "DEPLOYING")
            self.store.follow(place, made)
            return Started(f"request-{flag}", made.number)

    def of_version(self, flag: str, version: int) -> Rollout | None:
        with self.script.call("find_deployment", flag):
            place, _, rows = self._at(flag)
            mine = (r for r in reversed(rows) if (r.profile, r.version) == (place.profile, version))
            return next(mine, None)

    def newest(self, flag: str) -> Rollout | None:
        with self.script.call("newest_deployment", flag):
            place, _, rows = self._at(flag)
            return self.store.look(place, len(rows)) if rows else None

    def rollout(self, flag: str, number: int) -> Rollout:
        with self.script.call("look_at_deployment", flag, number):
            place, _, _ = self._at(flag)
            return self.store.look(place, number)

    def revert(self, flag: str, number: int) -> str:
        with self.script.call("revert_deployment", flag, number):
            place, _, _ = self._at(flag)
            self.store.revert(place, number)
            return f"request-{flag}"

    def _held(self, place: AppConfig, profile: Profile, rows: Sequence[Rollout]) -> Held:
        if profile.type != FEATURE_FLAGS:
            return Held("", 0, FREEFORM)
        deployed = deployed_of(place.profile, [*reversed(rows)])
        if deployed is None:
            return Held("", 0, UNDEPLOYED)
        return held_in(self.store.content(place, deployed.version), place.flag, deployed.version)

    def _draft(
        self, place: AppConfig, profile: Profile, rows: Sequence[Rollout], deployed: int
    ) -> Draft | None:
        known = {r.version for r in rows if r.profile == place.profile}
        drafts = [
            n
            for n, (_, label) in enumerate(profile.versions, 1)
            if n > deployed and n not in known and not of_ours(label, place.environment)
        ]
        if not drafts or not deployed:
            return None
        contents = (self.store.content(place, n) for n in (deployed, drafts[-1]))
        return Draft(drafts[-1], differences(*contents))

    def _at(self, name: str) -> tuple[AppConfig, Profile, list[Rollout]]:
        place = next((flag.appconfig for flag in self.flags if flag.name == name), None)
        if place is None:
            raise Absent(f"The catalog keeps no flag {name} in AppConfig.")
        profile = self.store.profiles.get((place.application, place.profile))
        rows = self.store.deployments.get((place.application, place.environment))
        if profile is None or rows is None:
            raise Absent("There is no such application, environment or profile.")
        return place, profile, rows
