"""What a channel may be shown: the environments whose channel it is, and nothing of any other. The ops
channel is shown all of them."""

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
    """The channel of whoever operates the whole installation; empty: none."""
    return state.settings.get(OPS_CHANNEL, "")


def is_ops(state: CatalogState, channel: str, *, shared: bool) -> bool:
    """One that another company reads is no ops channel, whatever the catalog says."""
    return bool(channel) and not shared and channel == ops_channel(state)


def told_in(state: CatalogState, channel: str, *, shared: bool) -> tuple[Environment, ...]:
    """``shared``: another company reads it, so only what the catalog allows to be told there."""
    if is_ops(state, channel, shared=shared):
        return state.environments
    here = (e for e in state.environments if channel and e.channel == channel)
    return tuple(e for e in here if e.shared_channel or not shared)


def mine_in(desk: Desk, channel: str) -> tuple[Environment, ...]:
    """Of those, what the asker may operate: whoever may only look makes no noise for all."""
    here = told_in(desk.state, channel, shared=False)
    found = ((e, standing(e, desk.mine)) for e in here)
    return tuple(e for e, stands in found if stands and stands.role >= Role.DEVELOPER)


def last_week(desk: Desk, channel: str = "") -> Week:
    """The whole week that ended last: in the zone of the channel's environments, else of the asker's."""
    here = told_in(desk.state, channel, shared=False) or desk.environments
    zone = agreed((e.time_zone for e in here), "UTC")
    return Week.of(desk.now.astimezone(zone).date()).before
