"""Changing, removing or moving any entry breaks the chain."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.record.evidence import GENESIS, Entry, canonical, link, parse
from tests.policies.make import BEGAN

ENTRY = Entry(BEGAN, "closed", "slack:T:U", "Dev", "slash", "restart", environment="staging", seconds=4.5)
CHANGES: list[dict[str, object]] = [
    {"at": BEGAN + timedelta(microseconds=1)},
    {"kind": "started"},
    {"actor": "slack:T:V"},
    {"actor_name": "Ada"},
    {"source": "button"},
    {"operation": "stop"},
    {"channel": "C"},
    {"environment": "qa"},
    {"target": "api"},
    {"operation_id": "x"},
    {"arguments": {"a": "b"}},
    {"decision": "allowed"},
    {"rule": "r"},
    {"reason": "r"},
    {"approver": "Ada"},
    {"plan": {"doing": "x"}},
    {"before": {"a": 1}},
    {"after": {"a": 1}},
    {"outcome": "failed"},
    {"summary": "s"},
    {"seconds": 4.6},
    {"request_ids": ("r",)},
    {"evidence": {"e": 1}},
    {"count": 2},
]


def _chain(bodies: list[bytes], key: bytes = b"") -> str:
    head = GENESIS
    for body in bodies:
        head = link(head, body, key)
    return head


def test_the_table_of_changes_names_every_field() -> None:
    assert {name for change in CHANGES for name in change} == set(Entry.__dataclass_fields__)


@pytest.mark.parametrize("change", CHANGES, ids=lambda c: next(iter(c)))
def test_any_change_breaks_the_chain(change: dict[str, object]) -> None:
    changed = replace(ENTRY, **change)  # type: ignore[arg-type]
    assert link(GENESIS, canonical(changed, 1)) != link(GENESIS, canonical(ENTRY, 1))
    assert canonical(ENTRY, 2) != canonical(ENTRY, 1)


@given(st.integers(0, 4), st.data())
def test_changing_removing_or_moving_anything_changes_the_head(at: int, data: st.DataObject) -> None:
    bodies = [canonical(replace(ENTRY, target=str(n)), n) for n in range(5)]
    head = _chain(bodies)
    byte = data.draw(st.integers(0, len(bodies[at]) - 1))
    bit = bytes([bodies[at][byte] ^ (1 << data.draw(st.integers(0, 7)))])
    touched = bodies[at][:byte] + bit + bodies[at][byte + 1 :]
    assert _chain([*bodies[:at], touched, *bodies[at + 1 :]]) != head
    assert _chain([*bodies[:at], *bodies[at + 1 :]]) != head
    assert _chain([*bodies[at + 1 :], *bodies[: at + 1]]) != head or at == 4


def test_a_chain_with_a_key_cannot_be_made_without_the_key() -> None:
    body = canonical(ENTRY, 1)
    assert len({link(GENESIS, body), link(GENESIS, body, b"k"), link(GENESIS, body, b"l")}) == 3


_JSON = st.dictionaries(st.text(max_size=5), st.text(max_size=5) | st.integers() | st.none(), max_size=3)


@given(_JSON, st.text(max_size=20), st.none() | st.floats(0, 1e6), st.lists(st.text(max_size=5), max_size=2))
def test_a_stored_entry_can_be_read_back(
    evidence: dict[str, object], said: str, seconds: float | None, ids: list[str]
) -> None:
    entry = replace(ENTRY, evidence=evidence, summary=said, seconds=seconds, request_ids=tuple(ids))
    assert parse(canonical(entry, 7)) == (7, entry)


def test_the_zone_of_an_instant_does_not_change_an_entry() -> None:
    elsewhere = replace(ENTRY, at=BEGAN.astimezone(timezone(timedelta(hours=5, minutes=30))))
    assert canonical(elsewhere, 1) == canonical(ENTRY, 1)


def changed(**values: object) -> bytes:
    """Return a canonical body in which some values have another form."""
    return json.dumps({**json.loads(canonical(ENTRY, 1)), **values}).encode()


ODD = [
    *(b"", b"{}", b"[]", b'{"seq": "x"}', b"\xff", b'{"seq": 1, "at": 5}', b"7", b"null", b"\xff\xfe{"),
    *(b"[" * 100_000, b'{"a":' * 100_000, b'{"seq": 1e999, "at": "", "request_ids": []}', b"9" * 5000),
    *(changed(seq=value) for value in (True, None, 1.0, float("nan"), "1", [1])),
    *(changed(at=value) for value in (None, 5, "soon", "2026-03-02T09:30:00", "0001-01-01T00:00:00+14:00")),
    *(changed(**{name: {"a": 1}}) for name in ("actor", "kind", "seconds", "count", "summary")),
    *(changed(**{name: None}) for name in ("actor", "arguments", "evidence", "request_ids", "count")),
    *(changed(request_ids=value) for value in (5, [5])),
    changed(count=True),
    changed(evidence=[]),
]


@pytest.mark.parametrize("body", ODD, ids=lambda body: ascii(body[:40]))
def test_bytes_that_are_no_entry_are_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match="not an audit entry"):
        parse(body)


def test_a_field_of_a_later_release_is_ignored() -> None:
    assert parse(changed(mood="good")) == (1, ENTRY)


@given(st.binary(max_size=60) | _JSON.map(lambda found: json.dumps(found).encode()))
def test_any_bytes_are_either_parsed_or_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match="not an audit entry"):
        parse(body)
