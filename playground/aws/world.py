"""The simulated AWS as one object: start it, seed it, order changes, stop it."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from typing import Any

from moto.core.base_backend import BackendDict
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from playground.aws import seed
from playground.aws.appconfig_calls import AppConfigCalls
from playground.aws.billing import Billing
from playground.aws.billing_calls import BillingCalls
from playground.aws.ecs_services import ServiceCalls
from playground.aws.fleet import Fleet
from playground.aws.front import Front, Parts
from playground.aws.moto_patch import MotoPatch
from playground.aws.optimizer_calls import OptimizerCalls
from playground.aws.orders import Orders
from playground.aws.own_calls import OwnCalls
from playground.aws.price_calls import PriceCalls
from playground.aws.scaling import Scaling
from playground.aws.server import Server, Ticker
from playground.aws.throttle import Throttle
from playground.clock import PlaygroundClock
from playground.faults import Faults

NO_MACHINE_IMAGES = {"MOTO_EC2_LOAD_DEFAULT_AMIS": "false"}
"""Moto begins with 1,200 machine images, which nothing here uses; making them takes half of a start."""


class Moto(DomainDispatcherApplication):
    """Caches which backend answers for a host, because moto searches all its backends on every call."""

    def __init__(self, create_app: Any) -> None:
        super().__init__(create_app)
        self.get_backend_for_host = cache(super().get_backend_for_host)  # type: ignore[method-assign]


class World:
    """One started world per process: moto's backends are global, and ``start`` empties them.

    Durations in the world are in the clock's seconds. ``tick`` is in real seconds and only bounds how late
    the world moves when nobody calls, because every call lets it catch up first. ``traffic`` receives one row
    per call, from several threads.
    """

    def __init__(
        self,
        clock: PlaygroundClock,
        faults: Faults,
        *,
        traffic: Callable[[dict[str, object]], None] | None = None,
        tick: float = 0.2,
    ) -> None:
        self._clock, self._faults, self._tick = clock, faults, tick
        self._traffic = traffic or _unheard
        self._running: tuple[Server, Ticker, Front, MotoPatch] | None = None

    def start(self) -> str:
        """Empty moto, attach to it and serve; return the endpoint's URL. ``RuntimeError`` if started."""
        if self._running:
            raise RuntimeError("this world is already started")
        os.environ |= NO_MACHINE_IMAGES
        BackendDict.reset()
        self._fleet = Fleet(self._clock)
        throttle = Throttle(self._clock.pace)
        calls = ServiceCalls(self._fleet)
        scaling = Scaling(calls)
        billing = Billing(self._fleet)
        self._orders = Orders(billing, calls, scaling, throttle)
        patch = MotoPatch(self._fleet, calls, scaling)
        patch.attach()
        moto = Moto(create_backend_app)
        parts = Parts(moto, _own(self._fleet, billing), self._traffic)
        front = Front(parts, self._fleet, self._faults, throttle)
        server = Server(front)
        self._running = (server, Ticker(self._fleet, self._tick), front, patch)
        return server.url

    def seed(self) -> None:
        """Create the playground's environments, with the four weeks behind them."""
        for order in seed.orders(self._clock.now()):
            self.change(order)

    def change(self, order: dict[str, object]) -> dict[str, object]:
        """Carry out an order of ``POST /playground/world``; ``ValueError`` with a sentence on a bad one."""
        if not self._running:
            raise RuntimeError("this world is not started")
        with self._fleet.lock:
            return self._orders.carry_out(dict(order))

    def stop(self) -> None:
        """Drop held calls, end the threads and restore moto; do nothing if not started."""
        if not self._running:
            return
        server, ticker, front, patch = self._running
        self._running = None
        front.closing.set()
        self._faults.release(drop=True)
        ticker.stop()
        server.stop()
        patch.detach()
        BackendDict.reset()


def _own(fleet: Fleet, billing: Billing) -> OwnCalls:
    """Return the services that moto does not have."""
    optimizer = OptimizerCalls(fleet)
    return OwnCalls(
        {
            "pricing": PriceCalls(),
            "ce": BillingCalls(billing),
            "compute-optimizer": optimizer,
            "appconfig": AppConfigCalls(fleet),
        }
    )


def _unheard(row: dict[str, object]) -> None:
    """Ignore traffic that nobody asked for."""
