"""Commands as people say them: with the manners, the punctuation and the order of spoken language."""

from __future__ import annotations

import pytest

from bot.slack.normalise import normalise
from handlers.tell.typed import NO_GRANT
from handlers.typed.reading import read
from handlers.typed.room import Room
from handlers.typed.values import Misread, Names, Parsed
from tests.golden import Golden
from tests.handlers.stage import REGISTRY

SERVICES = {"staging": ("orders-api", "web", "worker"), "qa-eu": ("web",)}
SEEN = frozenset({"staging", "qa-eu"})
CHANNELS = {"C0STAGING": "staging", "C0QA": "qa-eu"}
IN_STAGING = Names(SEEN, "staging", CHANNELS, lambda name: SERVICES.get(name, ()))
IN_GENERAL = Names(SEEN, "", CHANNELS, lambda name: SERVICES.get(name, ()))
RESTART = Parsed("restart", "staging", "orders-api")


def typed(line: str, names: Names = IN_STAGING) -> Parsed | Misread:
    return read(line, Room(REGISTRY, "/env", names))


def misread(line: str, names: Names = IN_STAGING) -> Misread:
    found = typed(line, names)
    assert isinstance(found, Misread), found
    return found


@pytest.mark.parametrize(
    "line",
    [
        "could you restart orders-api",
        "can you please restart orders-api?",
        "would you restart orders-api, please?",
        "restart orders-api!",
        "restart orders-api.",
        "restart orders-api, please",
        "restart orders-api please.",
        "please, restart orders-api",
        "just restart orders-api now!",
        "restart, please: orders-api",
    ],
)
def test_manners_and_punctuation_do_no_harm(line: str) -> None:
    assert typed(line) == RESTART


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("pause it", Parsed("pause", "staging")),
        ("stop it!", Parsed("stop", "staging")),
        ("keep it on tonight", Parsed("keep", "staging", arguments={"words": "tonight"})),
        ("keep it 2h.", Parsed("keep", "staging", arguments={"words": "2h"})),
        ("why is orders-api down", Parsed("why", "staging", "orders-api")),
        ("why is orders-api so slow?", Parsed("why", "staging", "orders-api")),
        ("status?", Parsed("status", "staging")),
        ("staging, status", Parsed("status", "staging")),
        ("wake up staging", Parsed("start", "staging")),
        ("wake up", Parsed("start", "staging")),
        ("wake staging up", Parsed("start", "staging")),
        ("start staging up", Parsed("start", "staging")),
        (
            "schedule weekdays 8am-8pm",
            Parsed("reschedule", "staging", arguments={"when": "weekdays 8am-8pm"}),
        ),
        ("set schedule 8-20", Parsed("reschedule", "staging", arguments={"when": "8-20"})),
        ("schedule remove", Parsed("unschedule", "staging")),
        ("remove schedule", Parsed("unschedule", "staging")),
        ("remove the schedule of staging", Parsed("unschedule", "staging")),
        ("logs -f orders-api", Parsed("follow", "staging", "orders-api")),
        ("tail -f orders-api", Parsed("follow", "staging", "orders-api")),
    ],
)
def test_what_people_say_of_the_channels_environment(line: str, meant: Parsed) -> None:
    assert typed(line) == meant


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("scale 3 orders-api", Parsed("scale", "staging", "orders-api", {"count": "3"})),
        ("scale to 3 orders-api", Parsed("scale", "staging", "orders-api", {"count": "3"})),
        ("rollback to 41 orders-api", Parsed("rollback", "staging", "orders-api", {"to": "41"})),
        ("logs since 2h orders-api", Parsed("logs", "staging", "orders-api", {"lines": "since 2h"})),
        (
            "follow grep timeout orders-api",
            Parsed("follow", "staging", "orders-api", {"lines": "grep timeout"}),
        ),
    ],
)
@pytest.mark.parametrize("names", [IN_STAGING, IN_GENERAL], ids=["in its channel", "elsewhere"])
def test_a_service_is_known_wherever_it_stands(line: str, meant: Parsed, names: Names) -> None:
    assert typed(line if names.here else f"{line} staging", names) == meant


@pytest.mark.parametrize(
    "line",
    [
        "restart orders-api and web",
        "restart orders-api, web",
        "stop orders-api",
        "pause orders-api",
        "keep orders-api 2h",
        "restart orders-api --force",
        "logs orders-api error",
        "stop tonight",
        "stop at 22:00",
        "stop staging in an hour",
        "restart orders-api at 22:00",
        "keep until 22h",
        "retry orders-api",
        "roll out orders-api",
        "roll forward orders-api",
        "show me the logs of orders-api",
        "get logs orders-api",
        "clear the cache",
        "turn staging off",
        "turn it off",
        "switch staging on",
        "bring staging up",
        "is staging up?",
        "how is staging",
        "what is running",
        "who restarted orders-api",
        "stat staging",
        "started staging",
        "unfollow orders-api",
        "claim staging",
        "enable new-checkout",
        "turn on new-checkout",
        "turn staging off, please",
        "thanks!",
        "hello",
        "yes",
        "raise orders-api",
        "shut staging",
        "open staging",
        "terraform apply",
    ],
)
def test_the_answer_to_what_is_no_command_is_true(line: str, golden: Golden) -> None:
    found = misread(line)
    offers = [" ".join((p.operation, p.environment, p.target, *p.arguments.values())) for p in found.meant]
    assert {"says": found.sentence, "try": found.example, "offers": offers} == golden


@pytest.mark.parametrize("line", ["restart orders-api", "restart", "status", "pause", "keep 2h", "stop"])
def test_whoever_has_no_grant_is_told_so_and_not_that_a_word_is_missing(line: str) -> None:
    nobody = Names(ungranted=True)
    assert misread(line, nobody).sentence == NO_GRANT
    assert typed("restart staging orders-api", nobody) == RESTART, "the gate answers for a name"
    assert typed("whoami", nobody) == Parsed("whoami")


def test_punctuation_is_kept_where_it_means_something() -> None:
    flush = typed("flush session:?")
    assert flush == Parsed("flush", "staging", arguments={"pattern": "session:?"})
    two = typed("set Mon-Fri 08:00-20:00, Sat 10:00-12:00")
    assert isinstance(two, Parsed)
    assert two.arguments["when"] == "Mon-Fri 08:00-20:00, Sat 10:00-12:00"
    assert typed('keep 2h "why not?"') == Parsed("keep", "staging", arguments={"words": '2h "why not?"'})
    assert typed("?") == Parsed("help")
    grep = typed("logs orders-api grep done.")
    assert isinstance(grep, Parsed)
    assert grep.arguments == {"lines": "grep done."}


@pytest.mark.parametrize(
    "line",
    [
        "why did web stop",
        "why did web restart?",
        "why did web fail again",
        "why does web keep restarting",
        "why does web keep crashing?",
        "why isn't web healthy",
        "why isn\u2019t web up",
        "why doesn't web start",
        "why won't web come up",
        "why can't web start",
        "why is web still starting",
        "why was web stopped",
        "why has web died",
        "why is web being restarted",
        "why is web restarting in a loop",
        "why are the web tasks dying",
    ],
)
def test_why_is_asked_in_whole_sentences(line: str) -> None:
    assert typed(normalise(line)) == Parsed("why", "staging", "web")
    assert typed(normalise(line.replace("web", "staging")), IN_GENERAL) == Parsed("why", "staging")


@pytest.mark.parametrize(
    ("line", "state"),
    [
        ("turn on flag dark-mode", "on"),
        ("turn off the flag dark-mode in staging", "off"),
        ("switch off feature dark-mode", "off"),
        ("enable flag dark-mode", "on"),
        ("disable the feature flag dark-mode", "off"),
    ],
)
def test_a_flag_that_is_to_be_switched_is_no_environment(line: str, state: str) -> None:
    meant = Parsed("flag", "staging", arguments={"name": "dark-mode", "state": state})
    assert misread(line).meant == (meant,)


def test_a_flag_may_be_written_with_an_equals_sign() -> None:
    meant = Parsed("flag", "staging", arguments={"name": "dark-mode", "state": "on"})
    assert typed("flag dark-mode=on") == typed("flag staging dark-mode=ON") == meant
    assert misread("flag staging dark-mode=true").meant == (meant,)
    assert "takes no" in misread("flag staging dark-mode=50%").sentence


def test_a_word_that_describes_may_be_a_text_to_look_for() -> None:
    assert "`grep`" in misread("logs web failed").sentence


@pytest.mark.parametrize(
    ("sought", "said"),
    [
        ("staging", '"staging"'),
        ("stagin", '"stagin"'),
        ('"staging"', '"staging"'),
        ("qa-eu", '"qa-eu"'),
        ("<#C0QA>", '"#qa-eu"'),
        ("service", '"service"'),
        ("now", '"now"'),
        ("please", '"please"'),
        ("timeout", "timeout"),
        ("orders-api", "orders-api"),
    ],
)
@pytest.mark.parametrize(
    "command", ["logs web {} since 5m", "logs staging web since 5m {}", "logs web {} in staging"]
)
def test_a_text_to_look_for_is_neither_a_name_nor_a_small_word(command: str, sought: str, said: str) -> None:
    found = typed(command.format(f"grep {sought}"))
    assert isinstance(found, Parsed), found
    lines = command.removeprefix("logs ").replace("staging", "").replace(" in ", "").replace("web", "")
    assert found == Parsed("logs", "staging", "web", {"lines": lines.strip().format(f"grep {said}")})


def test_no_word_of_a_text_to_look_for_is_left_out_unsaid() -> None:
    assert 'grep "service unavailable"' in misread("logs web grep service unavailable").sentence
    assert 'grep "connection to db"' in misread("logs web grep connection to db").sentence


def test_a_reason_keeps_its_words() -> None:
    kept = typed("keep 2h because you can test")
    assert isinstance(kept, Parsed)
    assert kept.arguments == {"words": "2h because you can test"}


def test_an_environment_called_it_is_meant_by_that_word() -> None:
    names = Names(SEEN | {"it"}, "staging", CHANNELS)
    assert typed("stop it", names) == Parsed("stop", "it")
