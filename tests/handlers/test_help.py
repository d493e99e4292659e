"""`/env help`: only what this person may do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from handlers.ports.store import CatalogChange
from handlers.tell.help import GROUPS
from handlers.words.arguments import CONVERTERS, FORMS
from handlers.words.message import Field
from handlers.words.operation import Purpose
from handlers.words.result import Reply
from policies.access.people import SlackPerson
from policies.cost.sightings import ServiceSeen, Sighting
from policies.service.approved import ApprovedTask, Parameter
from policies.service.environment import Flag, Flush
from tests import telling
from tests.golden import Golden
from tests.handlers.stage import REGISTRY, Stage
from tests.handlers.world import ADA, DEV, NIA, OLU, QA, VIC

ANSWERS = {"retain", "assign", "disown"}
"""Answers to a finding: the owner may give them too, even as a viewer."""
READS = {
    "ask",
    "help",
    "whoami",
    "list",
    "follow",
    "logs",
    "status",
    "schedule",
    "forecast",
    "digest",
    "cost",
    "orphans",
    "owner",
    "flags",
    "changes",
    "download",
    "why",
    "diff",
} | ANSWERS
DEVELOPERS = {"restart", "redeploy", "rollback", "audit", "keep", "pause", "resume", "start", "leave", "post"}
DEVELOPERS |= {"end", "flag", "flush", "run", "share", "withdraw"}
OPERATORS = {"stop", "scale", "reschedule", "unschedule"}

RESTART = REGISTRY.operations["restart"].help


def offered(answer: Reply) -> set[str]:
    return {f.label.split()[1].rstrip("`") for f in telling.fields(answer)}


@pytest.mark.parametrize(
    ("who", "names"),
    [
        (NIA, {"ask", "help", "whoami"}),
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


def test_help_shows_an_example_of_each_command_and_where_it_may_be_used(stage: Stage, golden: Golden) -> None:
    answer = stage.ask("help")
    assert answer.headline == golden
    assert Field("`/env restart staging orders-api`", RESTART) in telling.fields(answer)
    assert telling.notes(answer) == golden


def test_help_begins_with_what_is_asked_for_most(stage: Stage) -> None:
    named = [f.label.split()[1].rstrip("`") for f in telling.fields(stage.ask("help"))]
    assert named[:4] == ["status", "why", "logs", "list"]
    assert named.index("restart") < named.index("rollback") < named.index("redeploy")


def test_in_an_environments_channel_help_says_that_the_name_may_be_left_out(
    stage: Stage, golden: Golden
) -> None:
    answer = stage.ask("help", channel="C0QA-EU")
    assert telling.notes(answer)[-1] == golden
    assert Field("`/env restart qa-eu orders-api`", RESTART) in telling.fields(answer)
    hidden, elsewhere = stage.ask("help", channel="C0QA-EU", who=VIC), stage.ask("help", who=VIC)
    assert telling.notes(hidden) == telling.notes(elsewhere)


REINDEX = ApprovedTask(
    "reindex", "api", "reindex", command=("{index}",), parameters=(Parameter("index", choices=("orders",)),)
)
OWN = replace(
    QA,
    flags=(Flag("express-pay", "/qa/express-pay"),),
    tasks=(REINDEX,),
    flush=Flush(cache="sessions", prefixes=("cart:",)),
)


def examples(stage: Stage, **asked: Any) -> dict[str, str]:
    labels = [f.label.strip("`") for f in telling.fields(stage.ask("help", **asked)) if f.label[:1] == "`"]
    return {label.split()[1]: label for label in labels}


def test_examples_name_what_the_catalog_and_the_meter_know_of_the_environment(stage: Stage) -> None:
    """In the channel of ``qa-eu`` they are about what is there, and not about what another one has."""
    stage.store.catalog.write(CatalogChange(put_environments=(OWN,)))
    seen = (ServiceSeen("api", 1, 1), ServiceSeen("search", 1, 1))
    stage.store.book.ledger.sightings.put(Sighting("qa-eu", stage.world.clock.at, seen))
    shown = examples(stage, channel="C0QA-EU")
    assert shown["restart"] == "/env restart qa-eu api"
    assert shown["flag"] == "/env flag qa-eu express-pay on"
    assert shown["run"] == "/env run qa-eu reindex index=orders"
    assert shown["flush"] == "/env flush qa-eu cart:*"
    assert shown["rollback"] == "/env rollback qa-eu api"
    assert shown["diff"] == "/env diff qa-eu api"
    elsewhere = examples(stage)
    assert elsewhere["restart"] == "/env restart staging orders-api"
    assert elsewhere["flag"] == "/env flag qa-eu express-pay on", "staging has no flag"
    (example, *_) = telling.fields(stage.ask("help", channel="C0QA-EU", arguments={"about": "flag"}))
    assert example == Field("For example", "`/env flag qa-eu express-pay on`")


def test_an_example_compares_with_an_environment_that_has_the_same_service(stage: Stage) -> None:
    for name in ("staging", "qa-eu"):
        seen = (ServiceSeen(f"only-{name}", 1, 1), ServiceSeen("worker", 1, 1))
        stage.store.book.ledger.sightings.put(Sighting(name, stage.world.clock.at, seen))
    assert examples(stage)["diff"] == "/env diff staging worker with qa-eu"


@pytest.mark.parametrize("name", [n for n, o in REGISTRY.operations.items() if not o.console])
def test_every_command_stands_in_exactly_one_group(stage: Stage, name: str) -> None:
    shown = [
        f.label for f in telling.fields(stage.ask("help", who=ADA)) if f.label.split()[1].rstrip("`") == name
    ]
    assert len(shown) == 1
    assert REGISTRY.operations[name].purpose in GROUPS


def test_the_groups_cover_all_that_people_may_want() -> None:
    assert set(GROUPS) == set(Purpose)


@pytest.mark.parametrize("name", [n for n, o in REGISTRY.operations.items() if not o.console])
def test_no_command_is_explained_by_names_in_brackets(stage: Stage, name: str) -> None:
    explained = stage.ask("help", who=ADA, arguments={"about": name})
    said = [explained.headline, *(f"{f.label} {f.value}" for f in telling.fields(explained))]
    assert not [line for line in said if "<" in line]


@pytest.mark.parametrize("kind", FORMS)
def test_every_form_that_help_shows_reads_as_such_a_value(kind: Any) -> None:
    for form in FORMS[kind]:
        CONVERTERS[kind](form)


def test_help_of_a_keep_shows_times(stage: Stage, golden: Golden) -> None:
    assert telling.fields(stage.ask("help", arguments={"about": "keep"})) == golden


def test_whoever_has_no_grant_is_told_what_to_do(stage: Stage, golden: Golden) -> None:
    assert stage.ask("help", who=NIA).headline == golden


@pytest.mark.parametrize("about", ["restart", "RESTART", "bounce", "/env restart"])
def test_one_command_is_explained(stage: Stage, about: str, golden: Golden) -> None:
    answer = stage.ask("help", arguments={"about": about})
    assert answer.headline == f"`restart`: {RESTART}."
    example, needs, image, also = telling.fields(answer)
    assert example == Field("For example", "`/env restart staging orders-api`")
    assert (needs, also) == (Field("Needs", "developer"), Field("Also", "bounce"))
    assert image.label == "image="
    assert image.value == golden(name="image")


@pytest.mark.parametrize(("who", "about"), [(VIC, "restart"), (ADA, "apply"), (DEV, "levitate")])
def test_a_command_that_the_actor_may_not_use_is_not_explained(
    stage: Stage, who: SlackPerson, about: str, golden: Golden
) -> None:
    answer = stage.ask("help", who=who, arguments={"about": about})
    assert telling.fields(answer) == ()
    assert answer.headline.replace(about, "…") == golden(name="none")
