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
        ("reindex", "index=order", {"task": "reindex", "values": "index=orders"}),
        ("reindex", "indx=orders", {"task": "reindex", "values": "index=orders"}),
        ("reindx", "indx=order", {"task": "reindex", "values": "index=orders"}),
        ("reindex", "shell=sh", None),
        ("reindex", "index=order index=orders", None),
        ("db-migrate", "to=0042", None),
        ("drop-everything", "index=secrets", None),
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


ORDERS, CUSTOMERS = ({"task": "reindex", "values": f"index={index}"} for index in ("orders", "customers"))


@pytest.mark.parametrize(
    ("task", "values", "offered"),
    [
        (
            "reindex",
            "",
            {"Run reindex with index=orders": ORDERS, "Run reindex with index=customers": CUSTOMERS},
        ),
        (
            "reindx",
            "",
            {"Run reindex with index=orders": ORDERS, "Run reindex with index=customers": CUSTOMERS},
        ),
        (
            "reindex",
            "index=secrets",
            {"Run reindex with index=orders": ORDERS, "Run reindex with index=customers": CUSTOMERS},
        ),
        ("reindex", "index=secrets since=never", {}),
        ("drop-everything", "", {"Run db-migrate": {"task": "db-migrate"}}),
        ("drop-everything", "index=orders", {"Run reindex": ORDERS}),
    ],
)
def test_where_a_few_may_be_meant_each_has_a_button_that_names_it(
    stage: Stage, world: ApprovingWorld, task: str, values: str, offered: dict[str, dict[str, str]]
) -> None:
    answer = run(stage, task, values)
    assert {offer.label: dict(offer.arguments) for offer in telling.offers(answer)} == offered
    for offer in telling.offers(answer)[:1]:
        stage.press(offer)
        assert len(world.runs.orders) == 1
