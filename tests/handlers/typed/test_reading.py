"""Tests of what people type in a channel, in any order, read with the names that they may be told of."""

from __future__ import annotations

import pytest

from handlers.elsewhere import ROWS, TABLE
from handlers.tell.typed import no_command, no_environment
from handlers.typed.reading import read
from handlers.typed.room import Room
from handlers.typed.values import Misread, Names, Parsed
from tests.golden import Golden
from tests.handlers.stage import REGISTRY

SERVICES = {"staging": ("orders-api", "web", "now"), "web": ("staging", "api")}
SEEN = frozenset({"staging", "qa-eu", "web"})
CHANNELS = {"C0STAGING": "staging", "C0QA": "qa-eu"}
IN_STAGING = Names(SEEN, "staging", CHANNELS, lambda name: SERVICES.get(name, ()))
IN_QA = Names(SEEN, "qa-eu", CHANNELS)
IN_GENERAL = Names(SEEN - {"web"}, "", CHANNELS)


def typed(line: str, names: Names = IN_GENERAL) -> Parsed | Misread:
    return read(line, Room(REGISTRY, "/env", names))


def misread(line: str, names: Names = IN_GENERAL) -> Misread:
    found = typed(line, names)
    assert isinstance(found, Misread), found
    return found


RESTART = Parsed("restart", "staging", "orders-api")


@pytest.mark.parametrize(
    "line",
    [
        "staging restart orders-api",
        "restart orders-api staging",
        "orders-api restart staging",
        "orders-api staging restart",
        "restart <#C0STAGING> orders-api",
        "restart orders-api in <#C0STAGING>",
        "restart #staging orders-api",
        "restart STAGING orders-api",
        "please restart staging orders-api",
        "restart the orders-api service in the staging environment now please",
        "in staging restart orders-api",
        "restart service=orders-api in staging",
        "orders-api restart env=staging",
        "/env restart staging orders-api",
    ],
)
def test_known_names_may_come_in_any_order(line: str) -> None:
    assert typed(line) == RESTART


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("restart orders-api", RESTART),
        ("restart the orders-api now", RESTART),
        ("status", Parsed("status", "staging")),
        ("status orders-api", Parsed("status", "staging", "orders-api")),
        ("pause", Parsed("pause", "staging")),
        ("please pause now", Parsed("pause", "staging")),
        ("keep 2h", Parsed("keep", "staging", arguments={"words": "2h"})),
        ("keep until 23:00 please", Parsed("keep", "staging", arguments={"words": "until 23:00"})),
        ("pause qa-eu", Parsed("pause", "qa-eu")),
        ("restart web in qa-eu", Parsed("restart", "web", "qa-eu")),
        ("owner", Parsed("owner", "staging")),
        ("owner <@U0DEV>", Parsed("assign", "staging", arguments={"person": "<@U0DEV>"})),
        ("flags", Parsed("flags", "staging")),
        ("flag", Parsed("flags", "staging")),
        ("flag dark-mode", Parsed("flags", "staging", arguments={"name": "dark-mode"})),
        ("flag dark-mode on", Parsed("flag", "staging", arguments={"name": "dark-mode", "state": "on"})),
        ("flag dark-mode OFF", Parsed("flag", "staging", arguments={"name": "dark-mode", "state": "off"})),
        ("flag qa-eu dark-mode on", Parsed("flag", "qa-eu", arguments={"name": "dark-mode", "state": "on"})),
        ("flag on dark-mode", Parsed("flag", "staging", arguments={"name": "dark-mode", "state": "on"})),
        ("schedule set always", Parsed("reschedule", "staging", arguments={"when": "always"})),
        ("cost", Parsed("cost")),
        ("cost last week", Parsed("cost", arguments={"period": "last week"})),
        ("list on", Parsed("list", arguments={"find": "on"})),
    ],
)
def test_an_environment_need_not_be_named_in_its_own_channel(line: str, meant: Parsed) -> None:
    assert typed(line, IN_STAGING) == meant


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("keep until 23:00 staging", {"words": "until 23:00"}),
        ("staging keep until 23:00", {"words": "until 23:00"}),
        ("keep on staging until 23:00", {"words": "until 23:00"}),
        ("keep 2h in staging", {"words": "2h"}),
        ("keep off staging until Mon 08:00", {"words": "off until Mon 08:00"}),
        ('keep staging 2h "the web demo"', {"words": '2h "the web demo"'}),
        ("keep staging 2h now", {"words": "2h"}),
    ],
)
@pytest.mark.parametrize("names", [IN_GENERAL, IN_QA], ids=["elsewhere", "in another's channel"])
def test_a_sentence_is_read_wherever_the_name_stands(line: str, meant: dict[str, str], names: Names) -> None:
    assert typed(line, names) == Parsed("keep", "staging", arguments=meant)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("diff staging orders-api with qa-eu", IN_GENERAL),
        ("diff orders-api in staging with qa-eu", IN_GENERAL),
        ("staging diff orders-api with <#C0QA>", IN_GENERAL),
        ("diff staging orders-api qa-eu", IN_GENERAL),
        ("diff orders-api with qa-eu", IN_STAGING),
        ("diff staging orders-api with qa-eu", IN_QA),
    ],
)
def test_what_a_service_is_compared_with_is_no_place(line: str, names: Names) -> None:
    found = typed(line, names)
    assert isinstance(found, Parsed)
    assert (found.environment, found.target) == ("staging", "orders-api")
    assert found.arguments["other"].removeprefix("with ") == "qa-eu"


def test_without_another_environment_a_service_is_compared_with_its_past() -> None:
    assert typed("diff orders-api", IN_STAGING) == Parsed("diff", "staging", "orders-api")
    assert typed("why orders-api", IN_STAGING) == Parsed("why", "staging", "orders-api")
    assert typed("why staging") == Parsed("why", "staging")


def test_the_written_order_wins_where_names_clash() -> None:
    assert typed("restart web staging", IN_STAGING) == Parsed("restart", "web", "staging")
    assert typed("restart staging web", IN_STAGING) == Parsed("restart", "staging", "web")
    assert typed("restart staging now", IN_STAGING) == Parsed("restart", "staging", "now")
    assert typed("restart now", IN_STAGING) == Parsed("restart", "staging", "now")
    assert typed("stop web", IN_STAGING) == Parsed("stop", "web")


def test_an_environment_with_the_name_of_a_command_is_recognised() -> None:
    names = Names(frozenset({"list", "staging"}))
    assert typed("status list", names) == Parsed("status", "list")
    assert typed("list", names) == Parsed("list")
    assert typed("restart list web", names) == Parsed("restart", "list", "web")
    assert typed("list status", names) == Parsed("list", arguments={"find": "status"})


def test_an_ambiguous_change_is_asked_about(golden: Golden) -> None:
    asked = misread("restart web", IN_STAGING)
    assert asked.meant == (Parsed("restart", "staging", "web"),)
    assert asked.sentence == golden
    both = misread("keep 2h for qa-eu demo", IN_STAGING)
    assert {p.environment for p in both.meant} == {"staging", "qa-eu"}
    assert both.sentence == golden
    behind = misread("keep 2h demo on qa-eu", IN_STAGING)
    assert {p.environment for p in behind.meant} == {"staging", "qa-eu"}
    assert typed("keep 2h on qa-eu", IN_STAGING) == Parsed("keep", "qa-eu", arguments={"words": "2h"})
    assert typed("status web", IN_STAGING) == Parsed("status", "web")


def test_a_mistyped_environment_is_never_the_channels_own(golden: Golden) -> None:
    assert typed("stop stagin", IN_QA) == Parsed("stop", "stagin")
    assert typed("restart stagin orders-api", IN_QA) == Parsed("restart", "stagin", "orders-api")
    asked = misread("keep 2h stagin", IN_QA)
    assert asked.meant == (Parsed("keep", "staging", arguments={"words": "2h"}),)
    assert (asked.sentence, asked.example) == golden


def test_a_mistyped_environment_is_not_taken_for_a_service_of_the_channel() -> None:
    for line in ("status stagin", "status in the stagin"):
        assert typed(line, IN_STAGING) == Parsed("status", "stagin"), line
    assert typed("status qa-ue", IN_STAGING) == Parsed("status", "qa-ue")
    assert typed("restart stagin orders-api", IN_STAGING) == Parsed("restart", "stagin", "orders-api")
    behind = misread("restart orders-api stagin", IN_STAGING)
    assert (behind.sentence, behind.meant) == (no_environment("stagin"), (RESTART,))


@pytest.mark.parametrize("names", [IN_GENERAL, IN_STAGING])
def test_a_mistyped_environment_before_its_command_is_not_taken_for_a_command(names: Names) -> None:
    asked = misread("stagin status", names)
    assert (asked.sentence, asked.meant) == (no_environment("stagin"), (Parsed("status", "staging"),))
    assert misread("please stagin restart orders-api", names).meant == (RESTART,)
    assert misread("qa-ue stop now", names).meant == (Parsed("stop", "qa-eu"),)
    alone = misread("stagin please", names)
    assert (alone.sentence, alone.meant) == (no_environment("stagin"), (Parsed("status", "staging"),))
    assert misread("statu", names).sentence == no_command("statu")


def test_a_possible_service_stays_a_service_despite_a_similar_environment() -> None:
    services = Names(SEEN, "staging", CHANNELS, lambda _name: ("stagin", "stagings"))
    assert typed("status stagin", services) == Parsed("status", "staging", "stagin")
    assert typed("status stagins", services) == Parsed("status", "staging", "stagins")
    assert typed("status stagin", IN_QA) == Parsed("status", "qa-eu", "stagin")


@pytest.mark.parametrize(
    ("line", "operation", "arguments"),
    [
        ("restart staging", "restart", {}),
        ("restart the service in staging", "restart", {}),
        ("staging restart image=new", "restart", {"image": "new"}),
        ("redeploy staging please", "redeploy", {}),
        ("logs staging", "logs", {}),
        ("logs staging since 2h", "logs", {"lines": "since 2h"}),
        ("logs staging grep timeout", "logs", {"lines": "grep timeout"}),
        ("follow staging", "follow", {}),
        ("scale staging 3", "scale", {"count": "3"}),
        ("scale staging to 3", "scale", {"count": "3"}),
        ("rollback staging", "rollback", {}),
        ("rollback staging to 41", "rollback", {"to": "41"}),
        ("diff staging with qa-eu", "diff", {"other": "with qa-eu"}),
    ],
)
def test_a_line_without_the_service_that_it_needs_is_asked_which(
    line: str, operation: str, arguments: dict[str, str]
) -> None:
    assert typed(line, IN_STAGING) == Parsed(operation, "staging", "", arguments)
    assert typed(line, IN_GENERAL) == Parsed(operation, "staging", "", arguments)


@pytest.mark.parametrize(
    ("line", "missing"),
    [("restart", ("service",)), ("scale staging", ("service", "count")), ("scale staging web", ("count",))],
)
def test_what_needs_more_than_a_service_says_so(line: str, missing: tuple[str, ...]) -> None:
    assert misread(line, IN_STAGING).missing == missing


@pytest.mark.parametrize(
    ("line", "target"),
    [
        ("restart staging new-one", "new-one"),
        ("logs staging new-one since 2h", "new-one"),
        ("restart staging 41", "41"),
    ],
)
def test_a_word_that_can_only_be_a_service_is_one_although_it_is_not_known(line: str, target: str) -> None:
    found = typed(line, IN_STAGING)
    assert isinstance(found, Parsed) and found.target == target


def test_one_word_is_not_both_the_environment_and_the_service() -> None:
    assert typed("restart staging", IN_STAGING) == Parsed("restart", "staging")
    assert misread("restart staging", IN_QA).meant == (Parsed("restart", "qa-eu", "staging"),)


def test_more_words_than_a_command_takes_are_never_dropped() -> None:
    for line in (
        "stop staging orders-api",
        "orders-api stop staging",
        "pause staging restart",
        "stop staging qa-eu",
    ):
        assert misread(line, IN_STAGING).sentence


def test_an_environment_that_a_person_may_not_view_reads_as_unknown() -> None:
    assert typed("status production", IN_GENERAL) == Parsed("status", "production")
    assert typed("status", Names()) == misread("status", Names())
    assert "environment" in misread("pause", Names(SEEN, "", {})).missing


@pytest.mark.parametrize(
    "line",
    [
        "rollback staging orders-api to 41",
        "rollback orders-api to 41",
        "staging rollback orders-api 41",
        "rollback orders-api 41 in staging please",
    ],
)
def test_the_revision_to_go_back_to_is_named_with_to_or_without(line: str) -> None:
    found = typed(line, IN_STAGING)
    assert found == Parsed("rollback", "staging", "orders-api", arguments={"to": "41"})
    assert typed("rollback orders-api", IN_STAGING) == Parsed("rollback", "staging", "orders-api")


@pytest.mark.parametrize(
    "line",
    [
        "unpause staging",
        "extend staging 2h",
        "extend staging",
        "reboot orders-api in staging",
        "down staging",
        "up staging",
        "ps staging",
        "roll back staging orders-api",
        "scale staging orders-api",
        "stdout staging orders-api",
        "kill staging",
        "deploy staging web",
        "snooze staging",
        "unkeep staging",
        "whois staging",
        "who am i",
        "cancel",
        "undo",
        "kubectl get pods",
        "kubectl rollout restart deployment orders-api staging",
        "docker ps",
        "sudo restart staging orders-api",
        "systemctl restart orders-api",
        "heroku ps staging",
        "rolback staging orders-api",
        "unpuase staging",
        "staging",
        "restrat staging orders-api",
        "staging restrat orders-api",
        "unstop staging",
        "xyzzy plugh",
        "clear staging session:*",
        "wipe staging session:*",
        "what changed",
        "what changed staging since 3pm",
        "what happened in staging",
        "feature staging dark-mode on",
        "toggle staging dark-mode",
        "feature flag staging dark-mode off",
        "override staging 2h",
    ],
)
def test_every_word_has_a_true_answer(line: str, golden: Golden) -> None:
    found = misread(line)
    assert {"says": found.sentence, "try": found.example, "offers": found.meant} == golden


def test_a_command_of_another_tool_is_read_with_the_channels_environment() -> None:
    assert misread("unpause", IN_STAGING).meant == (Parsed("resume", "staging"),)
    assert misread("reboot orders-api", IN_STAGING).meant == (RESTART,)
    assert misread("extend 2h", IN_STAGING).meant == (Parsed("keep", "staging", arguments={"words": "2h"}),)


def test_the_table_names_existing_operations_and_no_phrase_twice() -> None:
    assert {row.means for row in ROWS if row.means} <= {
        n for n, o in REGISTRY.operations.items() if not o.console
    }
    assert sum(len(row.phrases.split(", ")) for row in ROWS) == len(TABLE)


@pytest.mark.parametrize("word", ["wake", "sleep", "bounce", "?", "st", "me"])
def test_an_alias_is_a_command_and_never_in_the_table(word: str) -> None:
    assert REGISTRY.named(word) is not None
    assert word not in TABLE


@pytest.mark.parametrize(
    "one", ["pause", "resume", "keep", "start", "stop", "reschedule", "restart", "retain"]
)
@pytest.mark.parametrize("no", ["un", "de", "dis", "non"])
def test_similar_spelling_never_suggests_the_opposite(one: str, no: str) -> None:
    meant = {parsed.operation for parsed in misread(f"{no}{one} staging").meant}
    assert one not in meant
