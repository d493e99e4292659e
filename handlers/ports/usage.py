"""What is paid for in one environment, as AWS shows it now; bound to that one, as every port of AWS."""

from __future__ import annotations

from typing import Protocol

from policies.cost.sightings import ServiceSeen
from policies.cost.spans import Span


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

    def attached(self) -> tuple[Span, ...]:
        """What else the environment pays for: its databases, caches, load balancers and their public
        addresses. What others attach too is shared. Nobody says since when these are there, so each span is
        of this moment alone, and its id is the thing's own: ``policies.cost.continuing`` makes one of them
        all. What is paid for by its use comes as whole hours that are over, each with an id of its own
        (``policies.cost.by_use``); while its use is not known, as a span of this moment without a price."""
        ...
