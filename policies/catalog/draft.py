"""A first catalog to be written: what was guessed, and the person who is to be its admin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from policies.access.grants import Grant
from policies.access.people import Role
from policies.catalog.found import Found
from policies.catalog.guesses import Guess, Guesses
from policies.catalog.values import Wanted
from policies.service.environment import Environment


@dataclass(frozen=True)
class Admin:
    """``user``: their id in Slack; ``console``: the account that applies the file. The name may be empty."""

    user: str
    name: str
    time_zone: str
    console: str


@dataclass(frozen=True)
class Draft:
    """``team``: the workspace or organisation that the ids are of."""

    team: str
    admin: Admin
    found: Found
    guesses: Guesses

    @property
    def production(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.guesses.environments if one.production)

    def wanted(self) -> Wanted:
        """What the file must say when it is read. Production is open to nothing, and nothing is scheduled."""
        environments = tuple(self._environment(one) for one in self.guesses.environments)
        return Wanted(environments, tuple(self._grants()))

    def _environment(self, one: Guess) -> Environment:
        return Environment(
            name=one.name,
            tier=one.tier,
            account=self.found.account,
            region=self.found.region,
            pick=one.pick,
            channel=one.channel.id if one.channel else "",
            owner=self.admin.name,
            time_zone=self.admin.time_zone,
            databases=tuple(id_ for id_, _ in one.databases),
        )

    def _grants(self) -> Iterator[Grant]:
        """A pattern never matches production, which is granted by its full name."""
        person = f"slack:{self.team}:{self.admin.user}"
        for pattern in ("*", *self.production):
            yield Grant(person, Role.ADMIN, pattern)
        yield Grant(f"console:{self.admin.console}", Role.ADMIN)
