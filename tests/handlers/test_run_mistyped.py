"""`/env run` mistyped: the word that leads the answer, and the button for the corrected command."""

from __future__ import annotations

import pytest

from tests import telling
from tests.handlers.approving import ApprovingWorld
from tests.handlers.stage import Stage
from tests.handlers.test_run import run, stage, world

__all__ = ["stage", "world"]


@pytest.mark.parametrize(
    ("task", "values", "meant"),
    [
        ("db-migrat", "", {"task": "db-migrate"}),
        ("reindx", "index=orders", {"task": "reindex", "values": "index=orders"}),
        ("reindx", "", None),
        ("reindex", "index=order", {"task": "reindex", "values": "index=orders"}),
        ("reindex", "indx=orders", {"task": "reindex", "values": "index=orders"}),
        ("reindx", "indx=order", {"task": "reindex", "values": "index=orders"}),
        ("reindex", "index=secrets", None),
        ("reindex", "shell=sh", None),
        ("reindex", "index=order index=orders", None),
        ("db-migrate", "to=0042", None),
        ("drop-everything", "", None),
    ],
)
def test_a_typing_error_is_not_called_refused_and_the_corrected_command_is_a_button(
    stage: Stage, world: ApprovingWorld, task: str, values: str, meant: dict[str, str] | None
) -> None:
    answer = run(stage, task, values)
    assert telling.status(answer) in ("not found", "not understood")
    assert [(o.label, dict(o.arguments)) for o in telling.offers(answer)] == (
        [("Run it", meant)] if meant else []
    )
    assert world.runs.orders == []
    assert stage.kinds() == ([] if "given twice" in answer.headline else ["refused"])
    if meant:
        stage.press(telling.offers(answer)[0])
        assert len(world.runs.orders) == 1
