"""What is paid for in one environment, as AWS shows it now; bound to that environment, like every port of
AWS.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from policies.cost.sightings import ServiceSeen
from policies.cost.spans import Span

Users = Mapping[str, Collection[str]]
"""From a load balancer's id to the environments that used it when each was last looked at."""


class Usage(Protocol):
    """For the meter: its calls leave the most room in the rate buckets, for people and for transitions. Each
    method may raise ``Trouble``; no method returns a partial answer.
    """

    def services(self) -> tuple[ServiceSeen, ...]:
        """Return the environment's own services."""
        ...

    def tasks(self) -> tuple[Span, ...]:
        """Return every task of the environment's own services and every task that no service keeps, running
        and recently stopped, from the start of its image pull (before which nothing is paid). A task of a
        service that several environments claim is shared by them.
        """
        ...

    def attached(self, users: Users) -> tuple[Span, ...]:
        """Return what else the environment pays for: its databases, caches, load balancers and their public
        addresses.

        What other environments attach too is shared: a database or a cache with those that the catalog names,
        a load balancer with those of its ``users`` that are still in this account and region. AWS does not
        say since when these exist, so each span is of this moment alone, with the resource's own id, and
        ``policies.cost.continuing`` joins such spans. What is paid for by use comes as whole hours that are
        over, each with an id of its own (``policies.cost.by_use``); while the use is not known, it comes as a
        span of this moment without a price.
        """
        ...
