"""Orders about AppConfig, as somebody else would write, deploy and take back."""

from __future__ import annotations

import json
from collections.abc import Callable

from playground.aws.appconfig import (
    FEATURE_FLAGS,
    Application,
    Deployment,
    Profile,
    Strategy,
    TakenBack,
    Version,
)
from playground.aws.fleet import Fleet
from playground.aws.order_fields import Order, count_of, need

BY = ("USER", "APPCONFIG", "CLOUDWATCH_ALARM", "INTERNAL_ERROR")


class AppConfigOrders:
    """The orders about AppConfig; hold the fleet's lock."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet, self._book = fleet, fleet.appconfig

    @property
    def verbs(self) -> dict[str, Callable[[Order], Order]]:
        return {
            "appconfig.create": self.create,
            "appconfig.write": self.write,
            "appconfig.deploy": self.deploy,
            "appconfig.take_back": self.take_back,
            "appconfig.strategy": self.strategy,
            "appconfig.experiment": self.experiment,
            "appconfig.show": self.show,
            "appconfig.remove": self.remove,
        }

    def create(self, order: Order) -> Order:
        """Create the profile ``{application, environment, profile, type?, content?, of?}`` with whatever it
        needs, and deploy the ``content`` as its version 1; without one, nothing is deployed. The application
        goes with the environment ``of`` ECS when that is removed.
        """
        named = need(order, "application")
        made = Application(named, str(order.get("of") or ""))
        application = self._book.applications.setdefault(named, made)
        application.environments.setdefault(need(order, "environment"), [])
        name = need(order, "profile")
        if name in application.profiles:
            raise ValueError(f"there is a profile {name} already")
        application.profiles[name] = Profile(name, name, str(order.get("type") or FEATURE_FLAGS))
        if order.get("content") is None:
            return self.show(order)
        self.write(order)
        return self.deploy({**order, "version": 1, "strategy": ""})

    def write(self, order: Order) -> Order:
        """Write a version ``{application, profile, content, label?}``, which is not deployed. ``content``:
        text, or an object that becomes JSON.
        """
        profile = self._book.profile(need(order, "application"), need(order, "profile"))
        content = order.get("content")
        text = content if isinstance(content, str) else json.dumps(content)
        made = Version(0, text.encode(), label=str(order.get("label") or ""))
        return {"version": self._book.write(profile, made, None).number}

    def deploy(self, order: Order) -> Order:
        """Deploy ``{application, environment, profile, version, strategy?}``; without a strategy the
        deployment is complete at once.
        """
        now, name = self._fleet.moment, str(order.get("strategy") or "")
        version = self._book.version(
            need(order, "application"), need(order, "profile"), need(order, "version")
        )
        rows = self._book.deployments(need(order, "application"), need(order, "environment"))
        strategy = self._book.strategies[name] if name else Strategy("at-once", 0, 0)
        made = Deployment(0, need(order, "profile"), version, strategy, now.t, now.at)
        return {"deployment": self._book.begin(rows, made, None, now).number}

    def take_back(self, order: Order) -> Order:
        """Roll back the newest deployment of ``{application, environment, by?, why?}``, or revert it if it is
        complete.
        """
        rows = self._book.deployments(need(order, "application"), need(order, "environment"))
        by = str(order.get("by") or "USER")
        if by not in BY or not rows:
            raise ValueError(f"by must be one of {', '.join(BY)}, and there must be a deployment")
        state = "ROLLED_BACK" if rows[-1].going(self._fleet.moment) else "REVERTED"
        rows[-1].taken_back = TakenBack(state, by, str(order.get("why") or ""), self._fleet.moment.at)
        return {"deployment": rows[-1].number, "state": state}

    def strategy(self, order: Order) -> Order:
        """Create or change the strategy ``{id, minutes?, bake?}``; nothing given takes no time."""
        made = Strategy(need(order, "id"), count_of(order, "minutes") or 0, count_of(order, "bake") or 0)
        self._book.strategies[made.id] = made
        return {"id": made.id}

    def experiment(self, order: Order) -> Order:
        """Have the experiment ``{application, environment, profile, name?}`` be active; without a name,
        none."""
        found = self._book.application(need(order, "application"))
        place = (need(order, "profile"), need(order, "environment"))
        found.experiments[place] = str(order.get("name") or "")
        return {"name": found.experiments[place] or None}

    def show(self, order: Order) -> Order:
        """Show ``{application, environment, profile}``: its versions and the environment's deployments,
        oldest first, and the configuration that is in force.
        """
        now = self._fleet.moment
        profile = self._book.profile(need(order, "application"), need(order, "profile"))
        rows = self._book.deployments(need(order, "application"), need(order, "environment"))
        complete = [r for r in rows if r.profile == profile.id and r.state(now) == "COMPLETE"]
        return {
            "versions": [{"version": v.number, "label": v.label} for v in profile.versions],
            "deployments": [
                {"number": r.number, "version": r.version.number, "state": r.state(now)} for r in rows
            ],
            "version": complete[-1].version.number if complete else None,
            "content": complete[-1].version.content.decode() if complete else None,
        }

    def remove(self, order: Order) -> Order:
        """Remove the application ``{application}`` with everything in it."""
        found = self._book.application(need(order, "application"))
        del self._book.applications[found.id]
        return {"removed": found.id}

    def remove_of(self, environment: str) -> None:
        """Remove what goes with an environment that is being torn down."""
        for id_ in [row.id for row in self._book.applications.values() if row.of == environment]:
            del self._book.applications[id_]
