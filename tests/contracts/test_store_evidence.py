"""What ``handlers.ports.store`` promises of the catalog and of evidence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from handlers.ports.store import (
    AuditQuery,
    CatalogChange,
    CatalogState,
    Seen,
)
from policies.access.grants import Grant
from policies.access.people import Role
from policies.service.environment import TagPick, Tier
from tests.contracts.asking import EVERYTHING
from tests.contracts.values import (
    NOW,
    STAGING,
    entry,
    later,
    named,
    opening,
    yes,
)

# The catalog


def test_an_empty_catalog_reads_as_empty(store: Any) -> None:
    assert store.catalog.read() == CatalogState((), (), {})


def test_the_catalog_is_read_back_as_written(store: Any) -> None:
    tagged = named(
        "qa-eu",
        tier=Tier.PRODUCTION,
        pick=TagPick(("a", "b"), "env", "qa-eu"),
        open_to=frozenset({"restart", "logs"}),
        shared_channel=True,
        owner="Ada",
        time_zone="Europe/Berlin",
        role_arn="arn:aws:iam::111111111111:role/lamp",
        origin="slack",
    )
    grants = (
        Grant("console:root", Role.ADMIN),
        Grant("slack:T:U", Role.DEVELOPER, "qa-*", later(days=1), "slack"),
    )
    change = CatalogChange((STAGING, tagged), put_grants=grants, put_settings={"colour": "blue"})
    store.catalog.write(change)
    assert store.catalog.read() == CatalogState((tagged, STAGING), grants, {"colour": "blue"})


def test_putting_the_same_again_keeps_the_generation(store: Any) -> None:
    change = CatalogChange((STAGING,))
    store.catalog.write(change)
    store.catalog.write(change)
    assert store.catalog.read().environment("staging").generation == 1


def test_each_real_change_grows_the_generation_by_one(store: Any) -> None:
    store.catalog.write(CatalogChange((STAGING, named("web"))))
    store.catalog.write(CatalogChange((replace(STAGING, owner="Olu"), named("web"))))
    found = store.catalog.read()
    assert found.environment("staging").generation == 2
    assert found.environment("web").generation == 1


def test_a_removed_environment_never_repeats_a_generation(store: Any) -> None:
    store.catalog.write(CatalogChange((STAGING,)))
    store.catalog.write(CatalogChange(remove_environments=("staging",)))
    assert store.catalog.read().environment("staging") is None
    store.catalog.write(CatalogChange((STAGING,)))
    assert store.catalog.read().environment("staging").generation == 2


def test_grants_are_put_and_removed_by_subject_pattern_and_origin(store: Any) -> None:
    one, other = Grant("slack:T:U", Role.VIEWER), Grant("slack:T:U", Role.ADMIN, origin="slack")
    store.catalog.write(CatalogChange(put_grants=(one, other), put_settings={"a": "1", "b": "2"}))
    better = replace(one, role=Role.OPERATOR, until=later(hours=1))
    store.catalog.write(CatalogChange(put_grants=(better,), put_settings={"a": "3"}))
    assert store.catalog.read().grants == (better, other)
    away = replace(other, role=Role.VIEWER)
    store.catalog.write(CatalogChange(remove_grants=(away,), remove_settings=("b",)))
    assert store.catalog.read() == CatalogState((), (better,), {"a": "3"})


# Evidence


def test_entries_are_numbered_and_linked_and_read_newest_first(store: Any) -> None:
    assert store.audit.append(entry(summary="é — “x”", request_ids=("r-1",), seconds=1.5)) == 1
    assert store.audit.append(entry(kind="closed", before={"a": [1, {"b": None}]})) == 2
    rows = store.audit.entries(EVERYTHING)
    assert [row.seq for row in rows] == [2, 1]
    assert rows[1].entry == entry(summary="é — “x”", request_ids=("r-1",), seconds=1.5)
    assert rows[0].hash != rows[1].hash


def test_a_delivery_that_was_seen_appends_nothing(store: Any) -> None:
    assert store.audit.append(entry(), delivery="d-1") == 1
    assert store.audit.append(entry(), delivery="d-1") == 0
    assert store.operations.open(opening(delivery="d-1"), yes) == Seen("")
    assert store.audit.append(entry()) == 2
    assert len(store.audit.entries(EVERYTHING)) == 2


@pytest.mark.parametrize(
    ("query", "seqs"),
    [
        (AuditQuery(), [4, 3, 2, 1]),
        (AuditQuery(environments=("qa-eu", "other")), [2]),
        (AuditQuery(actor="console:root"), [3]),
        (AuditQuery(people=True), [4, 2, 1]),
        (AuditQuery(people=True, limit=1), [4]),
        (AuditQuery(operation="logs"), [4]),
        (AuditQuery(operation_id="op-2"), [2]),
        (AuditQuery(since=later(minutes=2)), [4, 3]),
        (AuditQuery(until=later(minutes=2)), [2, 1]),
        (AuditQuery(limit=2), [4, 3]),
        (AuditQuery(before_seq=3), [2, 1]),
        (AuditQuery(environments=("staging",), before_seq=4, limit=1), [3]),
    ],
)
def test_entries_are_found_by_every_field_of_the_query(
    store: Any, query: AuditQuery, seqs: list[int]
) -> None:
    different: tuple[dict[str, str], ...] = (
        {},
        {"environment": "qa-eu", "operation_id": "op-2"},
        {"actor": "console:root"},
        {"operation": "logs"},
    )
    for minute, change in enumerate(different):
        store.audit.append(entry(at=later(minutes=minute), **change))
    assert [row.seq for row in store.audit.entries(query)] == seqs


def test_a_person_turned_away_is_recorded_once_a_minute_with_the_count(store: Any) -> None:
    for second in (0, 1, 2, 59):
        store.audit.turn_away(entry(kind="refused", at=later(seconds=second)))
    store.audit.turn_away(entry(kind="refused", actor="slack:T0HOME:U0SID", at=later(seconds=59)))
    store.audit.turn_away(entry(kind="refused", at=later(seconds=60)))
    rows = reversed(store.audit.entries(EVERYTHING))
    found = [(row.entry.actor[-5:], row.entry.at, row.entry.count) for row in rows]
    assert found == [
        ("U0DEV", NOW, 1),
        ("U0SID", later(seconds=59), 1),
        ("U0DEV", later(seconds=60), 4),
    ]


def test_a_count_still_owed_is_settled_once_the_minute_is_over(store: Any) -> None:
    for second in (0, 10, 20):
        store.audit.turn_away(entry(kind="refused", at=later(seconds=second)))
    assert store.audit.settle(later(seconds=59)) == 0
    assert store.audit.settle(later(seconds=60)) == 1
    assert store.audit.settle(later(seconds=200)) == 0
    newest = store.audit.entries(EVERYTHING)[0].entry
    assert (newest.at, newest.count) == (later(seconds=20), 2)
