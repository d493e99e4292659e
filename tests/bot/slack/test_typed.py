from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.typed import Misread, Parsed, parse
from handlers.registry import Registry
from handlers.words.arguments import Argument
from handlers.words.operation import Operation, Reach
from policies.access.people import Role
from tests.bot.slack.rig import registry
from tests.golden import Golden
from tests.growth import assert_linear

REST = Argument("words", "until when", positional=True, required=True, rest=True)


def _days(text: str) -> str:
    if len(text.split()) != 2 or not text.startswith(("last ", "this ", "since ")):
        raise ValueError(f"{text} is no period.")
    return text


DAYS = Argument("period", "which days", positional=True, rest=True, convert=_days)
PERSON = Argument("person", "who it is", positional=True)
WHEN = Argument("when", "the notation", positional=True, required=True, rest=True)


def with_sentences() -> Registry:
    """Return the rig's operations, and some whose last words are a sentence."""
    known, run = registry(), registry().operations["list"].run
    made = [
        Operation("cost", "What it cost", Role.VIEWER, run, Reach.ONE_OR_ALL, arguments=(DAYS,)),
        Operation("idle", "What idles", Role.VIEWER, run, Reach.ONE_OR_ALL),
        Operation("keep", "Keep it on", Role.DEVELOPER, run, arguments=(REST,)),
        Operation("schedule", "Its week", Role.VIEWER, run),
        Operation("reschedule", "Set it", Role.OPERATOR, run, arguments=(WHEN,), aliases=("schedule set",)),
        Operation("unschedule", "Take it away", Role.OPERATOR, run, aliases=("schedule clear",)),
        Operation("owner", "Whom to ask", Role.VIEWER, run, further="assign"),
        Operation("assign", "Say whom to ask", Role.VIEWER, run, arguments=(PERSON,)),
    ]
    aliases = {alias: o.name for o in made for alias in o.aliases}
    return Registry(
        {**known.operations, **{o.name: o for o in made}}, {**known.aliases, **aliases}, known.step_kinds
    )


REGISTRY = with_sentences()


def read(text: str) -> Parsed | Misread:
    return parse(text, REGISTRY, "/env")


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("owner staging", Parsed("owner", "staging")),
        ("owner staging <@U0DEV|dev>", Parsed("assign", "staging", arguments={"person": "<@U0DEV>"})),
        ("assign staging <@U0DEV>", Parsed("assign", "staging", arguments={"person": "<@U0DEV>"})),
        (
            "schedule set staging Mon 08:00-20:00",
            Parsed("reschedule", "staging", arguments={"when": "Mon 08:00-20:00"}),
        ),
    ],
)
def test_a_question_with_a_further_argument_is_a_change(text: str, read_as: Parsed) -> None:
    assert read(text) == read_as


def test_a_question_with_too_many_arguments_is_misread_as_the_change(golden: Golden) -> None:
    found = misread("owner staging dev olu")
    assert (found.sentence, found.example) == golden
    assert misread("owner").missing == ("environment",)


def misread(text: str) -> Misread:
    found = read(text)
    assert isinstance(found, Misread), found
    return found


@pytest.mark.parametrize(
    ("text", "operation", "environment", "target", "arguments"),
    [
        ("restart staging orders-api", "restart", "staging", "orders-api", {}),
        ("RESTART staging orders–api", "restart", "staging", "orders-api", {}),
        ("status staging", "status", "staging", "", {}),
        ("st staging web", "status", "staging", "web", {}),
        ("ls", "list", "", "", {}),
        ("help restart", "help", "", "", {"about": "restart"}),
        ("audit staging since=2d format=CSV", "audit", "staging", "", {"since": "2d", "format": "csv"}),
        ('audit staging since="2 days ago"', "audit", "staging", "", {"since": "2 days ago"}),
        ("audit since=2d staging", "audit", "staging", "", {"since": "2d"}),
        ("restart service=web env=staging", "restart", "staging", "web", {}),
        ("grant Viewer", "grant", "", "", {"role": "viewer"}),
        ("restart staging payload-api", "restart", "staging", "payload-api", {}),
    ],
)
def test_a_right_command_is_read(
    text: str, operation: str, environment: str, target: str, arguments: dict[str, str]
) -> None:
    assert read(text) == Parsed(operation, environment, target, arguments)


@pytest.mark.parametrize(
    ("text", "environment", "period"),
    [
        ("cost", "", ""),
        ("cost staging", "staging", ""),
        ("cost last week", "", "last week"),
        ("cost staging last week", "staging", "last week"),
        ("cost last week staging", "staging", "last week"),
        ("cost since 2026-03-01", "", "since 2026-03-01"),
        ("cost env=last since Monday", "last", "since Monday"),
        ("cost period='this month' staging", "staging", "this month"),
    ],
)
def test_an_optional_environment_stands_before_or_behind_the_rest(
    text: str, environment: str, period: str
) -> None:
    assert read(text) == Parsed("cost", environment, "", {"period": period} if period else {})


def test_a_command_for_one_or_all_means_all_without_a_name(golden: Golden) -> None:
    assert read("idle") == Parsed("idle")
    assert read("idle staging") == Parsed("idle", "staging")
    assert misread("idle staging web").sentence == golden


def test_a_word_that_is_neither_a_name_nor_the_rest_is_reported(golden: Golden) -> None:
    assert misread("cost staging lastweek").sentence == golden


def test_a_mistyped_verb_gets_the_nearest_one_with_the_rest_as_typed(golden: Golden) -> None:
    wrong = misread("restrat staging orders-api")
    assert wrong.sentence == golden
    assert wrong.example == golden


def test_a_mistyped_verb_without_its_arguments_gets_the_usage(golden: Golden) -> None:
    assert misread("restrat").example == golden


def test_nonsense_gets_help() -> None:
    assert misread("xyzzy plugh").example == "/env help"


@pytest.mark.parametrize("text", ["🎉🎉", ":tada:", "<!channel>", "<@U0SID>", "<http://x.io|x.io>", "= = ="])
def test_emoji_mentions_and_links_are_one_clear_sentence(text: str, golden: Golden) -> None:
    assert misread(text).sentence == golden


def test_a_missing_argument_is_reported_with_the_usage(golden: Golden) -> None:
    wrong = misread("restart")
    assert wrong.sentence == golden
    assert wrong.example == golden
    assert misread("restart staging").sentence == golden
    assert misread("grant").sentence == golden


def test_a_word_too_many_is_named(golden: Golden) -> None:
    assert misread("restart staging web now").sentence == golden


def test_an_unknown_argument_gets_the_nearest(golden: Golden) -> None:
    assert misread("audit staging sinse=2d").sentence == golden


def test_an_argument_that_only_buttons_set_is_unknown_when_typed(golden: Golden) -> None:
    assert "takes no `skip=`" in misread("list skip=10").sentence
    assert misread("list 10").sentence == golden


def test_a_wrong_choice_gets_the_choices_and_the_nearest(golden: Golden) -> None:
    told = misread("audit staging format=cvs").sentence
    assert told == golden


def test_an_argument_given_twice_is_refused(golden: Golden) -> None:
    assert misread("audit staging since=1 since=2").sentence == golden


def test_a_console_operation_does_not_exist_in_slack(golden: Golden) -> None:
    assert misread("apply").sentence == golden


def test_three_thousand_characters_are_one_sentence(golden: Golden) -> None:
    wrong = misread("restart " + "x" * 2_992)
    assert wrong.sentence == golden


def test_a_word_longer_than_any_name_is_refused(golden: Golden) -> None:
    assert misread("restart staging " + "x" * 256).sentence == golden


@given(st.text(max_size=4_000))
def test_any_text_is_read_or_misread_and_what_is_quoted_is_short(text: str) -> None:
    found = read(text)
    if isinstance(found, Misread):
        assert len(found.sentence) < 400
        assert not found.example or found.example.startswith("/env ")
        assert len(found.example) < 500


def test_quotes_that_never_close_take_no_time() -> None:
    assert_linear(lambda quotes: read(f"restart {quotes}"), "\"'", 990)


@pytest.mark.parametrize(
    ("text", "operation", "arguments"),
    [
        ("keep staging 4h", "keep", {"words": "4h"}),
        ("keep staging until 23:00 “smoke test”", "keep", {"words": 'until 23:00 "smoke test"'}),
        ("keep staging off until Mon 08:00", "keep", {"words": "off until Mon 08:00"}),
        ("keep env=staging 4h ticket=OPS-1", "keep", {"words": "4h ticket=OPS-1"}),
        ("keep staging words=4h smoke test", "keep", {"words": "4h smoke test"}),
        ("keep 4h env=staging", "keep", {"words": "4h"}),
        ("schedule staging", "schedule", {}),
        (
            "schedule staging set Mon–Fri 08:00–20:00 Europe/Berlin",
            "reschedule",
            {"when": "Mon-Fri 08:00-20:00 Europe/Berlin"},
        ),
        ("Schedule staging SET always", "reschedule", {"when": "always"}),
        ("reschedule staging always", "reschedule", {"when": "always"}),
        ("schedule staging clear", "unschedule", {}),
    ],
)
def test_the_rest_of_a_command_may_be_a_sentence(
    text: str, operation: str, arguments: dict[str, str]
) -> None:
    assert read(text) == Parsed(operation, "staging", "", arguments)


def test_a_sentence_that_is_missing_is_asked_for(golden: Golden) -> None:
    assert misread("keep staging").sentence == golden
    assert misread("keep staging").example == golden
    assert misread("schedule staging set").sentence == golden
    assert misread("schedule staging now").sentence == golden


def test_a_word_of_a_sentence_is_no_longer_than_any_word(golden: Golden) -> None:
    assert misread("keep staging " + "x" * 256).sentence == golden
