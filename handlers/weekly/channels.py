"""Decides what a channel may be shown: only the environments whose channel it is. The ops channel is shown
all environments.
"""

from __future__ import annotations

from handlers.ports.desk import Desk
from handlers.ports.store import CatalogState
from policies.access.grants import standing
from policies.access.people import Role
from policies.catalog.values import OPS_CHANNEL
from policies.schedule.weekly import agreed
from policies.service.environment import Environment
from policies.times.weeks import Week


def ops_channel(state: CatalogState) -> str:
    """Return the channel of whoever operates the whole installation; empty if there is none."""
    return state.settings.get(OPS_CHANNEL, "")


def is_ops(state: CatalogState, channel: str, *, shared: bool) -> bool:
    """Tell whether this is the ops channel. A channel that another company reads never is, whatever the
    catalog says.
    """
    return bool(channel) and not shared and channel == ops_channel(state)


def told_in(state: CatalogState, channel: str, *, shared: bool) -> tuple[Environment, ...]:
    """Return the environments that the channel may be shown. ``shared`` says that another company reads the
    channel, so only what the catalog allows is shown.
    """
    if is_ops(state, channel, shared=shared):
        return state.environments
    here = (e for e in state.environments if channel and e.channel == channel)
    return tuple(e for e in here if e.shared_channel or not shared)


def mine_in(desk: Desk, channel: str) -> tuple[Environment, ...]:
    """Return those that the asker may operate. A person who may only look cannot post to everybody."""
    here = told_in(desk.state, channel, shared=False)
    found = ((e, standing(e, desk.mine)) for e in here)
    return tuple(e for e, stands in found if stands and stands.role >= Role.DEVELOPER)


def last_week(desk: Desk, channel: str = "") -> Week:
    """Return the last complete week: in the zone of the channel's environments, or else of the asker's."""
    here = told_in(desk.state, channel, shared=False) or desk.environments
    zone = agreed((e.time_zone for e in here), "UTC")
    return Week.of(desk.now.astimezone(zone).date()).before
