"""How a request's body is read, and what is refused: no text, number or nesting breaks anything."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_bolt import BoltContext
from slack_bolt.request.internals import build_context

from bot.slack.payloads import Malformed, bolt_request, checked, read
from bot.slack.shapes import DEEPEST, wrong
from tests.bot.slack.payloads_of_slack import EVERY_KIND, PRESS, SUBMISSION
from tests.golden import Golden

FORM = "application/x-www-form-urlencoded"
ODD: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 10**400, "", "x", "x" * 300, [], [None], [[]], ["x"], {}, {"id": None},
    {"id": []}, "\0", "\ud800",
)  # fmt: skip


def spoilt(payload: Any) -> Iterator[Any]:
    """Yield the payload with each of its parts, at any depth, taken away or replaced by each odd value."""
    for path in paths(payload):
        yield without(payload, path)
        yield from (replaced(payload, path, value) for value in ODD)


def paths(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in inside:
        yield (*before, name)
        yield from paths(inner, (*before, name))


def without(payload: Any, path: tuple[Any, ...]) -> Any:
    made, place = _opened(payload, path)
    del place[path[-1]]
    return made


def replaced(payload: Any, path: tuple[Any, ...], value: Any) -> Any:
    made, place = _opened(payload, path)
    place[path[-1]] = value
    return made


def _opened(payload: Any, path: tuple[Any, ...]) -> tuple[Any, Any]:
    """Return a copy, and the container in it that holds the part."""
    made = place = copy.deepcopy(payload)
    for name in path[:-1]:
        place = place[name]
    return made, place


def form(payload: Any) -> bytes:
    return urlencode({"payload": json.dumps(payload)}).encode()


@pytest.mark.parametrize("name", EVERY_KIND)
def test_a_payload_of_slack_is_read_as_it_is(name: str) -> None:
    assert wrong(EVERY_KIND[name]) == ""
    assert read(form(EVERY_KIND[name]), FORM) == EVERY_KIND[name]


@pytest.mark.parametrize("name", EVERY_KIND)
def test_a_spoilt_payload_is_refused_or_bolt_can_read_it(name: str) -> None:
    """Fails without the shapes: Bolt raises on the way to its context."""
    refused = 0
    for payload in spoilt(EVERY_KIND[name]):
        try:
            build_context(BoltContext(), checked(payload))
        except Malformed:
            refused += 1
    assert refused


def test_a_field_of_a_slash_command_may_hold_the_word_payload() -> None:
    """Bolt itself reads such a body as empty."""
    command = {**EVERY_KIND["slash command"], "text": "restart staging payload-api"}
    assert bolt_request(urlencode(command).encode(), {"content-type": FORM}).body == command


def test_headers_that_bolt_would_obey_are_not_handed_on() -> None:
    headers = {"content-type": FORM, "x-slack-bolt-lazy-only": "1", "x-slack-retry-num": "1"}
    request = bolt_request(form(PRESS), headers)
    assert not request.lazy_only
    assert request.headers == {"x-slack-retry-num": ["1"]}


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe", b"payload=not-json", b"{not json", b"[1]", b"payload=[1]", b"payload=" + b"[" * 100_000,
        b"{" + b'"a":{' * 100_000, b'{"type":' + b"1" * 5_000 + b"}", b"", b"payload=null", b"payload=NaN",
        b"&".join(b"a%d=1" % n for n in range(1_000)), b"command=%2Fenv", b"payload=%22\\ud800%22", b"text=x",
        b"command=%2Fenv&user_id=U1&type=block_actions&actions=x",
    ],
)  # fmt: skip
def test_a_body_that_makes_no_sense_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        read(body, FORM)
    with pytest.raises(Malformed):
        read(body, "application/json; charset=utf-8")


def test_the_limit_of_nesting_is_far_from_what_slack_sends() -> None:
    def nested(levels: int) -> Any:
        return json.loads('{"a":' * levels + "1" + "}" * levels)

    assert wrong({**PRESS, "more": nested(DEEPEST - 2)}) == ""
    assert "nested" in wrong({**PRESS, "more": nested(DEEPEST)})


def test_a_fault_is_reported_with_its_place_and_without_the_value(golden: Golden) -> None:
    secret = "xoxb-not-to-be-told"
    said = [
        wrong([]),
        wrong({**PRESS, "actions": None}),
        wrong({**PRESS, "actions": []}),
        wrong({**PRESS, "actions": [{"value": secret}]}),
        wrong({**PRESS, "user": secret}),
        wrong({**PRESS, "trigger_id": secret * 100}),
        wrong({**PRESS, "type": secret}),
        wrong({**PRESS, "authorizations": [None]}),
        wrong({**PRESS, "more": secret + "\ud800"}),
        wrong({**PRESS, "user": {"id": "\0"}}),
        wrong({**PRESS, "response_url": "file:///etc/passwd"}),
        wrong({**SUBMISSION, "view": {"callback_id": "ask"}}),
        wrong({**SUBMISSION, "view": {**SUBMISSION["view"], "state": {"values": {secret: {secret: 1}}}}}),
    ]
    assert said == golden
    assert secret not in str(said)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=8,
    )
)
def test_any_json_gets_an_answer(value: Any) -> None:
    assert isinstance(wrong(value), str)
