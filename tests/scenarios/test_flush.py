"""Keys deleted by a pattern: shown first, done by a button, gone on with after a kill, and on record."""

from __future__ import annotations

from tests.scenarios.killing import ensure_patient, kill, start
from tests.scenarios.stage import DEV, VIC, Stage, kinds_of

ONES = 311
"""Of *session:0* to *session:1199*, so many numbers begin with a 1."""
CARTS = 340


def test_a_flush_shows_its_keys_and_deletes_them_by_a_button_also_through_a_kill(stage: Stage) -> None:
    ensure_patient(stage)
    stage.types(VIC, "/env flush staging session:1*")
    stage.hears(VIC, "needs developer")
    stage.types(DEV, "/env flush qa-eu session:1*")
    stage.hears(DEV, "names no cache of `qa-eu`")
    stage.types(DEV, "/env flush staging *")
    stage.hears(DEV, "matches every key")

    stage.types(DEV, "/env flush staging session:1*")
    shown = stage.hears(DEV, f"{ONES} keys match `session:1*`", "logical database 0")
    stage.presses(DEV, shown, f"Delete {ONES} keys")
    stage.message_of("staging", "`session:1*` was flushed", f"{ONES} keys deleted", "succeeded")
    first = stage.closed("staging")
    assert (first.outcome, first.arguments) == ("succeeded", {"pattern": "session:1*"})
    assert (first.before["keys"]["matched"], first.after["keys"]) == (ONES, {"deleted": ONES})

    stage.types(DEV, "/env flush staging cart:*")
    stage.presses(DEV, stage.hears(DEV, f"{CARTS} keys match `cart:*`"), f"Delete {CARTS} keys")
    begun = ["started", "closed", "started"]
    stage.until("it began", lambda: _kinds(stage)[:3] == begun)
    kill(stage)
    start(stage, lease_over=True)
    stage.until("it is closed once", lambda: _kinds(stage) == [*begun, "closed"])
    last = stage.audit("staging")[-1]
    deleted = last.after["keys"]
    assert last.outcome == "succeeded"
    assert deleted["deleted"] == CARTS or deleted["at least"]
    stage.types(DEV, "/env flush staging cart:*")
    stage.hears(DEV, "matches `cart:*`, so nothing was deleted")
    assert stage.evidence.faults() == ()


def _kinds(stage: Stage) -> list[str]:
    return [kind for kind in kinds_of(stage.audit("staging")) if kind != "refused"]
