"""One asking: who wants what done, where, and how it reached us."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from policies.access.people import Actor
from policies.schedule.claims import Claim

Source = Literal["slash", "button", "modal", "clock", "console"]


@dataclass(frozen=True)
class Request:
    """Parsed, not yet decided.

    ``delivery`` is unique per delivery of the outside (trigger id, envelope id, signature): seen again, it
    never acts twice. ``environment`` and ``target`` are as typed until the gate resolves them.
    ``offer`` is the id on the button that was pressed; its bound operation and arguments then rule.
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
    confirmed: str = ""
    """Hash of the plan that was shown and confirmed; a plan that differs now is shown again, not run."""
    claim: Claim | None = None
    """Of the clock: the transition this is, written with the operation it opens."""
    channel_shared: bool = False
    """Asked from a channel shared with another company. The edge withholds evidence there; no operation
    decides by it yet."""
