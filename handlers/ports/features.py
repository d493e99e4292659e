"""What is needed of AppConfig, for the flags that the catalog keeps there; no others.

A flag is named as the catalog names it. Every method raises ``Absent`` for a flag that the catalog does not
keep in AppConfig, and where the application, the environment or the profile of the flag is not there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from handlers.ports.aws import Written
from policies.flags.deploying import Feature, Rollout
from policies.flags.switching import Switch


@dataclass(frozen=True)
class Change:
    """A version to be written: what version ``base`` holds, with the flag in another ``state``. ``newest``:
    the version that has to be the newest still; ``label`` is how the version is found again."""

    state: Switch
    base: int
    newest: int
    label: str


@dataclass(frozen=True)
class Started:
    """The request id, and the number of the deployment that began."""

    request_id: str
    number: int


class Features(Protocol):
    def facts(self, flag: str) -> Feature:
        """Return what is deployed of the flag, and whatever stands in the way of a change."""
        ...

    def write(self, flag: str, change: Change) -> Written:
        """Write a version, which changes nothing until it is deployed. Nothing but the flag's ``enabled``
        differs from the base. Raises ``Rejected`` with the code ``CONFLICT`` if ``newest`` no longer is.
        """
        ...

    def written(self, flag: str, label: str) -> int:
        """Return the version with that label; 0 if there is none."""
        ...

    def deploy(self, flag: str, version: int, *, after: int, why: str) -> Started:
        """Begin to deploy a version. Raises ``Rejected`` with the code ``CONFLICT`` if ``after`` no longer is
        the newest deployment of the AppConfig environment, or if one is under way.
        """
        ...

    def of_version(self, flag: str, version: int) -> Rollout | None:
        """Return the newest deployment of that version; ``None`` if it was never deployed."""
        ...

    def newest(self, flag: str) -> Rollout | None:
        """Return the newest deployment of the flag's AppConfig environment, of whatever profile, without who
        took it back; ``None`` if there is none.
        """
        ...

    def rollout(self, flag: str, number: int) -> Rollout:
        """Return how the deployment of that number goes, and why it was rolled back."""
        ...

    def revert(self, flag: str, number: int) -> str:
        """Take the deployment of that number back, whether it is under way or complete; return the request
        id. AppConfig compares with nothing: that no newer deployment is reached has to be seen before. Raises
        ``Rejected`` if the deployment was taken back already, or is complete for too long.
        """
        ...


CONFLICT = "ConflictException"
"""The code with which AppConfig refuses what would overtake somebody else (facts/ecs 12.2)."""
