"""`/env help`: only what this person may do."""

from __future__ import annotations

import pytest

from handlers.words.message import Field
from handlers.words.result import Reply
from policies.access.people import SlackPerson
from tests import telling
from tests.golden import Golden
from tests.handlers.stage import Stage
from tests.handlers.world import ADA, DEV, NIA, OLU, VIC

READS = {"help", "whoami", "list", "status", "schedule", "forecast"}
DEVELOPERS = {"restart", "redeploy", "audit", "keep", "pause", "resume", "start", "leave"}
OPERATORS = {"stop", "reschedule", "unschedule"}

RESTART = "Restart a service with what runs now; asks first if its image's tag has moved"


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
    assert telling.notes(answer) == golden


def test_whoever_has_no_grant_is_told_what_to_do(stage: Stage, golden: Golden) -> None:
    assert stage.ask("help", who=NIA).headline == golden


@pytest.mark.parametrize("about", ["restart", "RESTART", "bounce", "/env restart"])
def test_one_command_is_explained(stage: Stage, about: str) -> None:
    answer = stage.ask("help", arguments={"about": about})
    assert answer.headline == f"`restart`: {RESTART}."
    assert telling.fields(answer) == (
        Field("Typed", "`/env restart <environment> <service> [image=<same|new>]`"),
        Field("For example", "`/env restart staging orders-api`"),
        Field("Needs", "developer"),
        Field("image", "what to do when its tag has moved: same, new"),
        Field("Also", "bounce"),
    )


@pytest.mark.parametrize(("who", "about"), [(VIC, "restart"), (ADA, "apply"), (DEV, "levitate")])
def test_what_one_may_not_do_is_not_explained(stage: Stage, who: SlackPerson, about: str) -> None:
    answer = stage.ask("help", who=who, arguments={"about": about})
    assert answer.headline == f"There is no command `{about}` for you. Try `/env help`."
