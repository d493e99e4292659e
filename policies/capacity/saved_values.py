"""What a stop saved as JSON values, both ways: for the store, for the log, and for what is put back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, NewType

from policies.capacity.facts import Capacity, GroupFacts, SavedCapacity, ScalingFacts, Suspended


def saved_values(saved: SavedCapacity) -> dict[str, Any]:
    """All of it as JSON; ``saved_from`` reads it back, including what was written before groups were
    saved. Names are values and not keys, because the log hides what stands under a key like
    ``token-issuer``."""
    return {
        "services": [[name, asdict(capacity)] for name, capacity in saved.services.items()],
        "databases": [[name, status] for name, status in saved.databases.items()],
        "groups": [[name, asdict(sizes)] for name, sizes in saved.groups.items()],
        "groups_taken": sorted(saved.groups_taken),
        "stop_id": saved.stop_id,
        "saved_at": None if saved.saved_at is None else saved.saved_at.isoformat(),
    }


def saved_from(body: Mapping[str, Any]) -> SavedCapacity:
    """Raises ``ValueError`` if it is not such a body."""
    try:
        at = body["saved_at"]
        return SavedCapacity(
            services={name: _capacity(found) for name, found in dict(body["services"]).items()},
            databases={name: str(status) for name, status in dict(body["databases"]).items()},
            stop_id=body["stop_id"],
            saved_at=None if at is None else datetime.fromisoformat(at),
            groups={name: _group(sizes) for name, sizes in dict(body.get("groups", {})).items()},
            groups_taken=frozenset(str(name) for name in body.get("groups_taken", ())),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"not a saved capacity: {error!r}") from error


SavedLog = NewType("SavedLog", Mapping[str, SavedCapacity])
"""What was saved, by environment."""


def saved_text(found: Mapping[str, SavedCapacity]) -> str:
    """Always the same text for the same values: a confirmation binds to it."""
    return json.dumps({name: saved_values(saved) for name, saved in found.items()}, sort_keys=True)


def saved_log(text: str) -> SavedLog:
    """What ``saved_text`` wrote. Raises ``ValueError``, with a sentence, on anything else."""
    try:
        return SavedLog({name: saved_from(saved) for name, saved in json.loads(text).items()})
    except (AttributeError, ValueError, RecursionError) as error:
        raise ValueError(f"That is not the text of what was saved ({type(error).__name__}).") from error


def _group(body: Mapping[str, Any]) -> GroupFacts:
    return GroupFacts(int(body["minimum"]), int(body["maximum"]), int(body["desired"]))


def _capacity(body: Mapping[str, Any]) -> Capacity:
    scaling = body["scaling"]
    return Capacity(
        desired=int(body["desired"]),
        scaling=None
        if scaling is None
        else ScalingFacts(
            int(scaling["minimum"]), int(scaling["maximum"]), Suspended(**scaling["suspended"])
        ),
    )
