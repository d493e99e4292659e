"""Orders about money and the past: the bill, its tags, a computed history, leftovers, and who observes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from playground.aws import balancers, leftovers
from playground.aws.account import REGION, ecs
from playground.aws.billing import REQUEST_USD, Billing
from playground.aws.databases import Halt
from playground.aws.entities import SimService
from playground.aws.history import Standing, Window, nights, office_hours
from playground.aws.meter import Stay
from playground.aws.moment import Moment
from playground.aws.order_fields import Order, count_of, idle_since, need, service_of
from playground.aws.price_products import SHORT

OVERHEAD = (
    ("EC2 - Other", f"{SHORT[REGION]}NatGateway-Hours", "0.052"),
    ("AmazonCloudWatch", f"{SHORT[REGION]}DataProcessing-Bytes", "0.021"),
)
"""What an account also pays: a NAT gateway and its logs, in USD per hour. No tag says whose they are."""


class MoneyOrders:
    """The orders about money and the past; hold the fleet's lock."""

    def __init__(self, billing: Billing) -> None:
        self._billing, self._fleet = billing, billing.fleet

    @property
    def verbs(self) -> dict[str, Callable[[Order], Order]]:
        return {
            "billing": self.billing,
            "tags.activate": self.activate,
            "history": self.history,
            "spent": self.spent,
            "leftovers": self.leftovers,
            "service.idle": self.idle,
            "insights": self.insights,
            "optimizer": self.optimizer,
        }

    def billing(self, order: Order) -> Order:
        """Set up the bill from ``{page?, credit?, overhead_days?}``: groups per page, USD deducted each day,
        and for how many days a NAT gateway and its logs have existed. The answer says how many requests Cost
        Explorer has had and what they cost.
        """
        billing = self._billing
        billing.page = max(1, count_of(order, "page") or billing.page)
        billing.credit = Decimal(str(order.get("credit", billing.credit)))
        days = count_of(order, "overhead_days")
        for service, usage, usd in OVERHEAD if days else ():
            begin = self._fleet.moment.at - timedelta(days=days or 0)
            self._fleet.history.standing[usage] = Standing(f"account/{usage}", service, usage, usd, begin)
        paid = billing.requests * REQUEST_USD
        return {"requests": billing.requests, "usd": str(paid), "page": billing.page}

    def activate(self, order: Order) -> Order:
        """Activate cost allocation tags as the payer, or deactivate them: ``{keys, active?, days?}``;
        ``days`` is how far the back-fill reaches.
        """
        active, days = order.get("active") is not False, count_of(order, "days") or 0
        for key in order["keys"]:
            self._billing.activate(str(key), active=active, days=days)
        return {"tags": {key: row.since is not None for key, row in self._billing.known().items()}}

    def history(self, order: Order) -> Order:
        """Add a past from ``{cluster, service?, days?, office?, tasks?, from?, until?, database?}``.

        Each service gets ``tasks`` tasks (by default as many as it has now) that ran before its present ones:
        for ``days`` back or between two instants, around the clock or in ``office`` hours. Its load balancer
        becomes as old. ``database`` names one that was stopped outside office hours.
        """
        cluster = need(order, "cluster")
        named = order.get("service")
        rows = [service_of(self._fleet, order)] if named else self._fleet.in_cluster(cluster)
        made = 0
        for service in rows:
            begin, end = self._window(order, service)
            groups = [g["targetGroupArn"] for g in service.row.load_balancers if g.get("targetGroupArn")]
            balancers.date_back(groups, self._fleet.history, begin)
            windows = office_hours(begin, end) if order.get("office") else [(begin, end)]
            made += sum(self._lived(service, window, order) for window in windows)
        if order.get("database"):
            self._rested(str(order["database"]), order)
        return {"tasks": made}

    def spent(self, order: Order) -> Order:
        """Answer the USD spent since a date at the playground's list prices, from ``{environment, since,
        service?}``: everything that carries the environment's tag, active or not, or only one of AWS's
        services.
        """
        name, since = need(order, "environment"), date.fromisoformat(need(order, "since"))
        lines = self._billing.until(self._fleet.moment.at)
        mine = [line for line in lines if line.day >= since and line.tags.get("environment") == name]
        service = order.get("service")
        counted = [line.usd for line in mine if service in (None, line.service)]
        return {"usd": f"{sum(counted, Decimal()):.2f}"}

    def leftovers(self, order: Order) -> Order:
        """Create what nobody needs any more, dated weeks back."""
        return leftovers.leave(self._fleet)

    def idle(self, order: Order) -> Order:
        """Make a service idle, or with ``idle: false`` used again: ``{cluster, service, idle?, idle_days?}``.
        Without ``idle_days``, it never had a request.
        """
        service = service_of(self._fleet, order)
        never = order | {"idle": order.get("idle") is not False}
        service.idle_since = idle_since(never, self._fleet.moment.at)
        return {"idle": service.idle_since is not None}

    def insights(self, order: Order) -> Order:
        """Turn a cluster's Container Insights on or off: ``{cluster, on?}``."""
        cluster, on = need(order, "cluster"), order.get("on") is not False
        if cluster not in ecs().clusters:
            raise ValueError(f"no cluster {cluster}")
        change = self._fleet.insights.add if on else self._fleet.insights.discard
        change(cluster)
        setting = {"name": "containerInsights", "value": "enabled" if on else "disabled"}
        ecs().clusters[cluster].settings = [setting]
        return {"insights": sorted(self._fleet.insights)}

    def optimizer(self, order: Order) -> Order:
        """Enrol the account in Compute Optimizer or withdraw it: ``{enrolled?}``."""
        self._fleet.optimizer = order.get("enrolled") is not False
        return {"enrolled": self._fleet.optimizer}

    def _window(self, order: Order, service: SimService) -> Window:
        now = self._fleet.moment.at
        since = self._fleet.history.since(service.row.cluster_name, service.name)
        begin, end = now - timedelta(days=count_of(order, "days") or 0), since or now
        if "from" in order:
            begin = datetime.fromisoformat(str(order["from"]))
        if "until" in order:
            end = min(end, datetime.fromisoformat(str(order["until"])))
        return begin, end

    def _lived(self, service: SimService, window: Window, order: Order) -> int:
        """Add tasks like the service's present ones, as the meter would have kept them; return how many."""
        begin, end = (self._moment(instant) for instant in window)
        like = next(iter(self._fleet.meter.of(service.row.cluster_name, service.name)), None)
        count = count_of(order, "tasks")
        count = service.wanted if count is None else count
        if like is None or end.t <= begin.t:
            return 0
        for number in range(count):
            name = f"{service.row.cluster_arn.replace(':cluster/', ':task/')}/past-{number}-{begin.t:.0f}"
            stay = Stay(name, like.cluster, like.service, like.size, begin, like.tags, end=end)
            self._fleet.history.add(stay)
        if order.get("said"):
            self._say(service, window, count)
        return count

    def _say(self, service: SimService, window: Window, count: int) -> None:
        """Add the events of a service that was scaled out and back in."""
        for at, what in zip(window, ("started", "stopped"), strict=True):
            message = f"(service {service.name}) has {what} {count} tasks."
            service.events.append({"id": f"past-{what}", "createdAt": at, "message": message})
        service.events.sort(key=lambda event: event["createdAt"], reverse=True)

    def _rested(self, name: str, order: Order) -> None:
        database = self._fleet.databases.find("instance", name)
        begin = self._fleet.moment.at - timedelta(days=count_of(order, "days") or 0)
        end = min(self._fleet.moment.at, max(begin, self._started(order)))
        database.created_at = min(database.created_at, begin)
        database.halts = [Halt(start, stop) for start, stop in nights(begin, end)]

    def _started(self, order: Order) -> datetime:
        """Return when the first task of the services now in the cluster began."""
        rows = self._fleet.in_cluster(need(order, "cluster"))
        known: list[Any] = [self._fleet.history.since(s.row.cluster_name, s.name) for s in rows]
        return min((at for at in known if at), default=self._fleet.moment.at)

    def _moment(self, instant: datetime) -> Moment:
        now = self._fleet.moment
        return Moment(instant, now.t + (instant - now.at).total_seconds())
