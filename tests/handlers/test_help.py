"""`/env help`: only what this person may do."""

from __future__ import annotations

import pytest

from handlers.words.message import Field
from handlers.words.result import Reply
from policies.access.people import SlackPerson
from tests import telling
from tests.golden import Golden
from tests.handlers.stage import REGISTRY, Stage
from tests.handlers.world import ADA, DEV, NIA, OLU, VIC

ANSWERS = {"retain", "assign", "disown"}
"""To a finding: by whoever is named as the owner too, who may be a viewer."""
READS = {
    "help",
    "whoami",
    "list",
    "status",
    "schedule",
    "forecast",
    "digest",
    "cost",
    "orphans",
    "owner",
} | ANSWERS
DEVELOPERS = {"restart", "redeploy", "audit", "keep", "pause", "resume", "start", "leave", "post"}
OPERATORS = {"stop", "reschedule", "unschedule"}

RESTART = REGISTRY.operations["restart"].help


def offered(answer: Reply) -> set[str]:
    return {f.label.split()[1].rstrip("`") for f in telling.fields(answer)}


@pytest.mark.parametrize(
    ("who", "names"),
    [
        (NIA, {"help", "whoami"}),
        (VIC, READS),
        (DEV, READS | DEVELOPERS),
        (OLU, READS | DEVELOPERS | OPERATORS),
        (ADA, READS | DEVELOPERS | OPERATORS),
    ],
)
def test_help_lists_exactly_what_somebody_may_do_somewhere(
    stage: Stage, who: SlackPerson, names: set[str]
) -> None:
    assert offered(stage.ask("help", who=who)) == names


def test_it_shows_how_each_is_typed_and_where_it_may_be_done(stage: Stage, golden: Golden) -> None:
    answer = stage.ask("help")
    assert answer.headline == golden
    assert Field(
        "`/env restart <environment> <service> [image=<same|new>]`",
        RESTART,
    ) in telling.fields(answer)
    (more,) = telling.notes(answer)
    assert more == golden


def test_whoever_has_no_grant_is_told_what_to_do(stage: Stage, golden: Golden) -> None:
    assert stage.ask("help", who=NIA).headline == golden


@pytest.mark.parametrize("about", ["restart", "RESTART", "bounce", "/env restart"])
def test_one_command_is_explained(stage: Stage, about: str, golden: Golden) -> None:
    answer = stage.ask("help", arguments={"about": about})
    assert answer.headline == f"`restart`: {RESTART}."
    typed, example, needs, image, also = telling.fields(answer)
    assert typed == Field("Typed", "`/env restart <environment> <service> [image=<same|new>]`")
    assert example == Field("For example", "`/env restart staging orders-api`")
    assert (needs, also) == (Field("Needs", "developer"), Field("Also", "bounce"))
    assert image.label == "image"
    assert image.value == golden(name="image")


@pytest.mark.parametrize(("who", "about"), [(VIC, "restart"), (ADA, "apply"), (DEV, "levitate")])
def test_what_one_may_not_do_is_not_explained(
    stage: Stage, who: SlackPerson, about: str, golden: Golden
) -> None:
    answer = stage.ask("help", who=who, arguments={"about": about})
    assert telling.fields(answer) == ()
    assert answer.headline.replace(about, "…") == golden(name="none")
