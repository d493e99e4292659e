"""``{"do": "meter"}``: what the world itself has counted, for checking a ledger against."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from playground.aws.fleet import Fleet
from playground.aws.meter import Stay
from playground.aws.order_fields import Order


class MeterOrders:
    """The order that reads the meter; hold the fleet's lock."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet

    @property
    def verbs(self) -> dict[str, Callable[[Order], Order]]:
        return {"meter": self.meter}

    def meter(self, order: Order) -> Order:
        """Answer ``{cluster?, service?}`` with the seconds by cluster and service, and every task. One-off
        tasks belong to the service ``""``. ``seconds`` are as lived; ``billed`` are rounded up, to the
        minimum at least.
        """
        fleet = self._fleet
        stays = [stay for stay in fleet.meter.stays.values() if _asked(stay, order)]
        sums: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
        for stay in stays:
            nothing = {"seconds": 0.0, "billed": 0, "tasks": 0}
            row = sums[stay.cluster].setdefault(stay.service, nothing)
            row["seconds"] += stay.lived(fleet.moment)
            row["billed"] += stay.billed(fleet.moment)
            row["tasks"] += 1
        return {
            "now": fleet.moment.at.isoformat(),
            "seconds": dict(sums),
            "tasks": {stay.id: self._told(stay) for stay in stays},
        }

    def _told(self, stay: Stay) -> Order:
        now, size = self._fleet.moment, stay.size
        return {
            "cluster": stay.cluster,
            "service": stay.service,
            "begin": stay.begin.at.isoformat(),
            "end": stay.end.at.isoformat() if stay.end else None,
            "seconds": stay.lived(now),
            "billed": stay.billed(now),
            "pulled": stay.pulled,
            "removed": stay.removed,
            "cpu": size.cpu,
            "memory": size.memory,
            "architecture": size.architecture,
            "system": size.system,
            "storage": size.storage,
            "bought": size.bought,
            "public_ip": size.public_ip,
        }


def _asked(stay: Stay, order: Order) -> bool:
    return all(order.get(key) in (None, value) for key, value in
               (("cluster", stay.cluster), ("service", stay.service)))  # fmt: skip
