"""A claim: the unique name by which one transition of one environment is acted on once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

ClaimState = Literal["opened", "skipped", "postponed", "observed"]


@dataclass(frozen=True)
class ClaimKey:
    """The edge's local date and rule (or ``override:<id>``), and what is to be done at it."""

    environment: str
    day: date
    rule: str
    action: Literal["stop", "start"]

    @property
    def text(self) -> str:
        """For a delivery key and for the log."""
        return f"clock:{self.environment}:{self.day.isoformat()}:{self.rule}:{self.action}"


@dataclass(frozen=True)
class Claim:
    """``instant``: the edge itself. ``opened`` names its operation; ``postponed`` says why and until when;
    ``skipped`` and ``observed`` are ends."""

    key: ClaimKey
    instant: datetime
    state: ClaimState
    at: datetime
    operation_id: str = ""
    reason: str = ""
    next_try: datetime | None = None
