"""What makes an approved task of a catalog sound."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from policies.catalog.forms import Miswritten
from policies.catalog.tasks import sound, task_of, task_values
from policies.service.approved import ApprovedTask, Parameter
from tests.golden import Golden

INDEX = Parameter("index", choices=("orders",))
TEMPLATE = ApprovedTask(
    "reindex",
    "web",
    "job",
    family="reindex",
    image="registry/orders",
    command=("reindex", "{index}"),
    sidecars=(("agent", "public/agent"),),
    registered_by=("arn:aws:sts::1:assumed-role/ci/*",),
    parameters=(INDEX,),
)
PINNED = ApprovedTask("migrate", "web", "job", revision="migrate:7")
WRONG: dict[str, dict[str, Any]] = {
    "name": {"name": "Re Index"},
    "both": {"revision": "reindex:1"},
    "neither": {"family": ""},
    "family": {"family": "reindex:1"},
    "no image": {"image": ""},
    "tag": {"image": "registry/orders:v1"},
    "no command": {"command": ()},
    "nobody": {"registered_by": ()},
    "anybody": {"registered_by": ("*",)},
    "minutes": {"minutes": 0},
    "part of an element": {"command": ("reindex", "--index={index}")},
    "undeclared": {"command": ("reindex", "{index}", "{other}")},
    "idle": {"command": ("reindex",)},
    "long": {"command": ("x" * 9_000, "{index}")},
    "reserved": {"parameters": (replace(INDEX, name="task"),)},
    "two kinds": {"parameters": (replace(INDEX, pattern="x"),)},
    "no kind": {"parameters": (Parameter("index"),)},
    "pattern": {"parameters": (Parameter("index", pattern="("),)},
    "dash": {"parameters": (replace(INDEX, choices=("-rf",)),)},
    "default": {"parameters": (replace(INDEX, default="other"),)},
}


@pytest.mark.parametrize("task", [TEMPLATE, PINNED], ids=["template", "pinned"])
def test_a_sound_task_stays_as_it_is_and_survives_its_row(task: ApprovedTask) -> None:
    assert sound(task) is task
    assert task_of(task_values(task)) == task


@pytest.mark.parametrize("wrong", WRONG)
def test_what_could_not_run_or_leaves_the_choice_to_others_is_refused(wrong: str, golden: Golden) -> None:
    with pytest.raises(Miswritten) as told:
        sound(replace(TEMPLATE, **WRONG[wrong]))
    assert str(told.value) == golden
