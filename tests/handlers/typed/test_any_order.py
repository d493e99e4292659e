"""Any order of the words that people type reads as what is written, or binds nothing."""

from __future__ import annotations

from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.typed.values import Misread, Names, Parsed
from tests.handlers.stage import REGISTRY
from tests.handlers.typed.test_reading import IN_GENERAL, IN_QA, IN_STAGING, RESTART, typed

COMMANDS = [
    (["restart"], "staging", ["orders-api"], RESTART),
    (["status"], "staging", ["orders-api"], Parsed("status", "staging", "orders-api")),
    (["stop"], "staging", [], Parsed("stop", "staging")),
    (["pause"], "staging", [], Parsed("pause", "staging")),
    (["keep"], "staging", ["until 23:00"], Parsed("keep", "staging", arguments={"words": "until 23:00"})),
    (["assign"], "staging", ["<@U0DEV>"], Parsed("assign", "staging", arguments={"person": "<@U0DEV>"})),
    (["redeploy"], "qa-eu", ["api-2"], Parsed("redeploy", "qa-eu", "api-2")),
    (["start"], "qa-eu", ["until 23:00"], Parsed("start", "qa-eu", arguments={"until": "until 23:00"})),
]


def same(one: Parsed, other: Parsed) -> bool:
    """Tell whether both bind to the same case."""
    bound = [REGISTRY.operations[p.operation].bound(p.arguments).run for p in (one, other)]
    first, second = (run.keywords for run in bound if isinstance(run, partial))
    return (one.environment, one.target, first) == (other.environment, other.target, second)


SMALL = ["please", "in", "on", "the", "now"]


@settings(max_examples=150, deadline=None)
@given(
    case=st.sampled_from(COMMANDS),
    order=st.randoms(use_true_random=False),
    small=st.lists(st.sampled_from(SMALL), max_size=2),
    names=st.sampled_from([IN_GENERAL, IN_QA]),
)
def test_the_right_words_in_any_order_read_as_the_written_form(
    case: tuple[list[str], str, list[str], Parsed], order: object, small: list[str], names: Names
) -> None:
    command, environment, rest, meant = case
    words = [*command, environment, *rest]
    order.shuffle(words)  # type: ignore[attr-defined]
    for word in small:
        words.insert(order.randint(0, len(words)), word)  # type: ignore[attr-defined]
    found = typed(" ".join(words), names)
    if not isinstance(found, Parsed) or not same(found, meant):
        assert isinstance(found, Misread), (words, found)
        assert meant in found.meant, (words, found)
        assert any(word in rest for word in words), "only a sentence may be meant in two ways"


NOISE = [
    "staging",
    "qa-eu",
    "web",
    "orders-api",
    "restart",
    "stop",
    "pause",
    "keep",
    "2h",
    "now",
    "stagin",
    "status",
    "unpause",
]


@settings(max_examples=200, deadline=None)
@given(
    words=st.lists(st.sampled_from(NOISE), min_size=1, max_size=5),
    names=st.sampled_from([IN_STAGING, IN_QA, IN_GENERAL]),
)
def test_no_order_binds_a_change_to_an_untyped_name(words: list[str], names: Names) -> None:
    found = typed(" ".join(words), names)
    meant = [found] if isinstance(found, Parsed) else list(found.meant)
    for parsed in meant:
        assert parsed.environment in {*words, names.here, ""} or isinstance(found, Misread)
        assert parsed.target in {*words, ""}
        if isinstance(found, Parsed) and REGISTRY.operations[parsed.operation].changes:
            typed_names = [word for word in words if word in names.environments]
            assert parsed.environment in typed_names or not typed_names or parsed.target in typed_names
