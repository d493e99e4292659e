"""No planted secret survives in the lines of a stream, wherever a line or a page is cut."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import product
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.secrets.redaction import redact
from policies.secrets.shapes import MARK
from policies.secrets.streams import redact_stream
from tests.growth import assert_linear
from tests.policies.secrets.benign import lines
from tests.policies.secrets.test_benign import MANY, MOST
from tests.policies.secrets.test_redaction import ACCESS_KEY, JWT, PEM, SECRET_KEY, SLACK

_RED, _PLAIN = "\x1b[31m", "\x1b[0m"
_EACH = (ACCESS_KEY, SECRET_KEY, JWT, SLACK, "x9Tr0ub4dor3hunterQ7")
_CUT = (ACCESS_KEY, _EACH[-1])
"""The secrets that are tried in every form at every cut: one with a shape of its own, and one without."""
_SECRETS = st.sampled_from(_EACH)
_AROUND = (
    "password={}",
    "user=app token={} ok",
    "DB_PASSWORD: {}",
    '{{"apiKey": "{}", "n": 1}}',
    "api_key={}&page=2",
    "Authorization: Bearer {}",
    "postgres://u:{}@h/db",
    "redis://:{}@h:6379/0",
    "run --password {}",
    "secret => {}",
    "ALTER USER app PASSWORD '{}'",
    "mysql -u root -p{} db",
    "contraseña={}",
    "CREATE USER u IDENTIFIED BY '{}'",
    "[name=DB_PASSWORD, value={}]",
    "<password>{}</password>",
    "token -> {}",
    "sshpass -p {} ssh h",
)
_WAYS: tuple[Callable[[str], str], ...] = (
    lambda line: line,
    lambda line: json.dumps({"log": line}),
    lambda line: json.dumps(json.dumps({"log": line})),
    lambda line: quote(line),
    lambda line: quote(quote(line)),
    lambda line: quote(json.dumps({"log": line}), safe=""),
    lambda line: _RED + line + _PLAIN,
    lambda line: line[: len(line) // 3] + _PLAIN + line[len(line) // 3 :],
    lambda line: json.dumps(line[:5] + _RED + line[5:]),
)
_BENIGN = lines(200)
_HALF = 8
"""Half a secret of so many characters counts as one that survived."""


def _planted(secret: str, around: str, way: Callable[[str], str]) -> str:
    return way(around.format(secret))


def _shown(page: list[str]) -> str:
    return "".join(line for line in redact_stream(page) if line)


@given(_SECRETS, st.sampled_from(_AROUND), st.sampled_from(_WAYS), st.integers(0, 199), st.integers(0, 3))
def test_no_planted_secret_survives_among_other_lines(
    secret: str, around: str, way: Callable[[str], str], at: int, before: int
) -> None:
    page = [*_BENIGN[at : at + before], _planted(secret, around, way), *_BENIGN[at + 3 : at + 6]]
    assert secret not in _shown(page)


@pytest.mark.parametrize("around", _AROUND)
def test_no_planted_secret_survives_over_two_events_wherever_they_are_cut(around: str) -> None:
    """Within the value and before it: in the name, in a colour code, in an encoded character.

    Lines stand before and after at every third cut. The borders to them look alike at each of three.
    """
    survived = []
    for secret, way in product(_EACH if around == _AROUND[0] else _CUT, _WAYS):
        line = _planted(secret, around, way)
        begin = line.find(secret)
        for cut in range(1, begin + len(secret) + 1) if begin >= 0 else ():
            page = [line[:cut], line[cut:]]
            said = _shown(["INFO ready", *page, "INFO done"] if cut % 3 == 0 else page)
            halves = (line[begin:cut], line[max(cut, begin) : begin + len(secret)])
            if secret in said or any(len(half) >= _HALF and half in said for half in halves):
                survived.append((line[:cut], line[cut:], said))
    assert survived == []


@given(_SECRETS, st.sampled_from(("password", "DB_PASSWORD", '"apiKey"', "token")), st.data())
def test_a_name_that_is_cut_in_two_still_announces_its_secret(
    secret: str, name: str, data: st.DataObject
) -> None:
    line = f"{name}={secret}" if not name.startswith('"') else f'{{{name}: "{secret}"}}'
    cut = data.draw(st.integers(1, line.index(secret)))
    assert secret not in _shown([line[:cut], line[cut:]])


@given(st.integers(0, 3), st.integers(0, 3), st.integers(0, 8))
def test_a_block_over_many_events_is_hidden_and_each_line_keeps_its_place(
    before: int, after: int, left: int
) -> None:
    """``left``: the first lines of the page are gone, and with them perhaps the beginning of the block."""
    page = [*_BENIGN[:before], *PEM.split("\n"), *_BENIGN[before : before + after]][left:]
    said = redact_stream(page)

    assert len(said) == len(page)
    assert all("MIIEow" not in (line or "") for line in said)
    assert [line for line in said if line in _BENIGN] == [line for line in page if line in _BENIGN]


@given(st.lists(st.one_of(st.text(max_size=30), st.sampled_from(_BENIGN)), max_size=8))
def test_every_line_has_one_place_whatever_it_holds(page: list[str]) -> None:
    assert len(redact_stream(page)) == len(page)


@given(st.sampled_from(_WAYS), st.sampled_from(_AROUND), _SECRETS)
def test_redacting_a_stream_twice_changes_nothing(
    way: Callable[[str], str], around: str, secret: str
) -> None:
    once = [line or "" for line in redact_stream(["INFO a", _planted(secret, around, way), "INFO b"])]
    assert [line or "" for line in redact_stream(once)] == once


def test_hardly_any_line_without_a_secret_is_altered_beside_its_neighbours() -> None:
    whole = lines(MANY)
    pages = [whole[at : at + 50] for at in range(0, MANY, 50)]
    altered = [
        (was, said)
        for page in pages
        for was, said in zip(page, redact_stream(page), strict=True)
        if was != said
    ]
    assert len(altered) <= MOST, altered


@pytest.mark.parametrize(
    "line",
    [
        "postgres%3A//u%3Ahunter2x%40h/db",
        "cmd=run%20--password%20hunter2x",
        "%257B%2522apiKey%2522%253A%2522hunter2x%2522%257D",
        r'{"m":"contrase\u00f1a=hunter2x"}',
        r'{"m":"\u0070assword=hunter2x"}',
    ],
)
def test_encoding_hides_no_secret(line: str) -> None:
    said = redact(line)
    assert "hunter2x" not in said and MARK in said
    assert redact(said) == said


def test_an_encoded_line_without_a_secret_stays_encoded() -> None:
    line = "GET /find?q=caf%C3%A9%20au%20lait&page=2"
    assert redact(line) == line


@pytest.mark.parametrize(
    "line",
    [
        f"pass{_RED}word{_PLAIN}=hunter2x",
        f"{_RED}password{_PLAIN}={_RED}hunter2x{_PLAIN}",
        r'{"m":"\u001b[31mpassword\u001b[0m=hunter2x"}',
        f"password=hun{_RED}ter2x",
        "password=\x1b]8;;http://x\x07hunter2x\x1b]8;;\x07",
    ],
)
def test_colours_hide_no_secret(line: str) -> None:
    said = redact(line)
    assert "hunter2x" not in said
    assert "ter2x" not in said
    assert MARK in said


@pytest.mark.parametrize(
    "piece", ["\x1b[", "\\u001b[3", "pass", "a=", '"', "%25", "\\u0025", " -p", "value="]
)
def test_a_stream_of_hostile_lines_is_redacted_in_linear_time(piece: str) -> None:
    assert_linear(lambda text: redact_stream(text.split("|")), f"{piece}{piece}|", 8_000)
