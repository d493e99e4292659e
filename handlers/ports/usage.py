"""What is paid for in one environment, as AWS shows it now; bound to that one, as every port of AWS."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from policies.cost.sightings import ServiceSeen
from policies.cost.spans import Span

Users = Mapping[str, Collection[str]]
"""By a load balancer's id, the environments that used it when each was last looked at."""


class Usage(Protocol):
    """For the meter: its calls leave more room in the rate buckets than anybody else's, for people and for
    transitions. Each method may raise ``Trouble``; nothing is given back in part."""

    def services(self) -> tuple[ServiceSeen, ...]:
        """The environment's own services."""
        ...

    def tasks(self) -> tuple[Span, ...]:
        """Every task of the environment's own services and every one that no service keeps, running and
        lately stopped, from the start of its image pull (before which nothing is paid). One of a service that
        several claim is theirs together."""
        ...

    def attached(self, users: Users) -> tuple[Span, ...]:
        """What else the environment pays for: its databases, caches, load balancers and their public
        addresses. What others attach too is shared: a database or a cache with whom the catalog says, a load
        balancer with its ``users`` that are of this account and region still. Nobody says since when these
        are there, so each span is of this moment alone, and its id is the thing's own:
        ``policies.cost.continuing`` makes one of them all. What is paid for by its use comes as whole hours
        that are over, each with an id of its own (``policies.cost.by_use``); while its use is not known, as a
        span of this moment without a price."""
        ...
