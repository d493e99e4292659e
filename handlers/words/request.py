"""One request: who wants what done, where, and how the request arrived."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from policies.access.people import Actor
from policies.schedule.claims import Claim

Source = Literal["slash", "button", "modal", "shortcut", "clock", "console"]


@dataclass(frozen=True)
class Request:
    """A request that is parsed and not yet decided.

    ``delivery`` is unique per delivery from outside (trigger id, envelope id, signature): a repeated delivery
    never acts twice. ``environment`` and ``target`` are as typed until the gate resolves them. ``offer`` is
    the id on the button that was pressed; the offer's bound operation and arguments then take precedence.
    """

    id: str
    delivery: str
    actor: Actor
    source: Source
    operation: str
    environment: str = ""
    target: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    channel: str = ""
    offer: str = ""
    message: str = ""
    """The ``ts`` of the message in that channel on which a shortcut was used. The gate finds out by its row
    what the message tells of; environment and target are then those of the operation.
    """
    confirmed: str = ""
    """Hash of the plan that was shown and confirmed. A plan that differs now is shown again and does not run.
    """
    claim: Claim | None = None
    """The clock's transition, written together with the operation that it opens."""
    channel_shared: bool = False
    """The request comes from a channel shared with another company. The edge withholds evidence there; no
    operation decides by this yet.
    """
