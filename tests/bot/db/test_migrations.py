"""Migrating up, down and at once; and that a migration makes what the tables say."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.db.database import database
from bot.db.engine import engine
from bot.db.migrate import downgrade, drift, migrate, newest_version, schema_state
from handlers.ports.store import CatalogChange, CatalogState
from policies.cost.billed import BilledDay
from tests.bot.db.tampering import run, scalars
from tests.contracts.values import OFFICE, STAGING, entry
from tests.golden import Golden


def triggers(url: str) -> set[str]:
    if url.startswith("sqlite"):
        return set(scalars(url, "SELECT name FROM sqlite_master WHERE type = 'trigger'"))
    return set(scalars(url, "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'"))


def predicate(url: str, index: str = "operations_one_running") -> str:
    """The definition of a partial index in capitals, without what each database adds to it."""
    where = "sqlite_master WHERE name" if url.startswith("sqlite") else "pg_indexes WHERE indexname"
    column = "sql" if url.startswith("sqlite") else "indexdef"
    (found,) = scalars(url, f"SELECT {column} FROM {where} = '{index}'")
    plain = str(found).replace("::text", "").replace("(", " ").replace(")", " ").upper()
    return " ".join(plain.split())


def test_an_empty_database_is_distinguished_from_a_current_one(empty_database_url: str) -> None:
    assert schema_state(empty_database_url) == "empty"
    migrate(empty_database_url)
    assert schema_state(empty_database_url) == "current"


def test_migrating_again_changes_nothing(database_url: str) -> None:
    migrate(database_url)
    assert schema_state(database_url) == "current"
    assert scalars(database_url, "SELECT seq FROM audit_head") == [0]


def test_the_migrated_schema_is_that_of_the_tables(database_url: str) -> None:
    assert drift(database_url) == []


def test_drift_is_seen(empty_database_url: str) -> None:
    migrate(empty_database_url)
    run(empty_database_url, "ALTER TABLE settings ADD COLUMN extra TEXT")
    assert len(drift(empty_database_url)) == 1


def test_every_trigger_exists(database_url: str) -> None:
    sqlite = database_url.startswith("sqlite")
    both = {f"audit_{what}_no_{how}" for what in ("entries", "checkpoints") for how in ("update", "delete")}
    of_one = (
        {"audit_entries_no_replace"}
        if sqlite
        else {f"audit_{w}_no_truncate" for w in ("entries", "checkpoints")}
    )
    assert triggers(database_url) == {*both, *of_one, "audit_checkpoints_no_forgery"}


def test_the_unique_index_of_running_operations_has_its_predicate(database_url: str) -> None:
    found = predicate(database_url)
    assert found.startswith("CREATE UNIQUE INDEX OPERATIONS_ONE_RUNNING ON ")
    assert "ENVIRONMENT, CONFLICTS, TARGET" in found
    assert found.endswith("WHERE STATE = 'RUNNING' AND CONFLICTS <> ''")


def test_a_message_of_an_older_release_is_found_by_its_place(empty_database_url: str) -> None:
    url = empty_database_url
    migrate(url, to="0025")
    for table, row in _kept("held", None, "2099-01-01"):
        more = {"live": False, "told_by": "", "stands": "", "joined": "", "drawn": 0}
        run(url, _insert(table, {**row, **(more if table == "messages" else {})}))
    migrate(url)
    for place in ("ts", "detail_ts", "told_by"):
        found = predicate(url, f"messages_{place}_idx")
        assert found.endswith(f"WHERE {place.upper()} <> ''"), found
    db = database(url, holder="one", lease_seconds=30)
    assert [row.operation_id for row in db.messages.at("C0STAGING", "1.1")] == ["held"]
    db.dispose()
    downgrade(url, "0025")
    assert scalars(url, "SELECT ts FROM messages") == ["1.1"]


def test_a_setting_comes_from_a_file_unless_its_row_says_otherwise(database_url: str) -> None:
    run(database_url, "INSERT INTO settings (name, value) VALUES ('colour', 'blue')")
    assert scalars(database_url, "SELECT origin FROM settings") == ["file"]


FIRST = (
    "INSERT INTO environments (name, tier, account, region, pick, channel, owner, time_zone, role_arn,"
    " open_to, shared_channel, generation, origin, removed) VALUES"
    " ('staging', 'nonproduction', '111111111111', 'eu-central-1', '{\"cluster\":\"staging\"}',"
    " 'C0STAGING', 'Olu', 'UTC', '', '[]', false, 7, 'file', false)",
    "INSERT INTO settings (name, value) VALUES ('colour', 'blue')",
)
"""Rows of the first schema."""


def test_rows_of_the_first_schema_are_kept_on_the_way_up_and_down_again(empty_database_url: str) -> None:
    url = empty_database_url
    migrate(url, to="0001")
    assert schema_state(url) == "older"
    run(url, *FIRST)
    migrate(url)
    db = database(url, holder="one", lease_seconds=30)
    db.audit.append(entry())
    kept = replace(STAGING, owner="Olu", generation=7)
    assert db.catalog.read() == CatalogState((kept,), settings={"colour": "blue"})
    change = CatalogChange((replace(kept, databases=("orders-db",)),), put_schedules=(OFFICE,))
    db.catalog.write(change)
    downgrade(url, "0001")
    assert (schema_state(url), scalars(url, "SELECT generation FROM environments")) == ("older", [8])
    migrate(url)
    assert db.catalog.read() == CatalogState((replace(kept, generation=8),), settings={"colour": "blue"})
    assert db.audit.verify().count == 1
    assert drift(url) == []
    db.dispose()


PUT_OFF = (
    ("postponed", '"gate.busy: Already running: \\u00e4"', "gate.busy", "Already running: ä"),
    (
        "postponed",
        '"safeguards.in-flight: a deployment is in progress"',
        "safeguards.in-flight",
        "a deployment is in progress",
    ),
    ("postponed", '"AWS did not answer."', "", "AWS did not answer."),
    ("skipped", '"gate.busy: as somebody typed"', "", "gate.busy: as somebody typed"),
)
"""Claims as the previous release wrote them: state and stored reason, then the rule and reason as they are
read now.
"""


def test_the_rule_of_a_postponed_transition_is_moved_out_of_its_reason(empty_database_url: str) -> None:
    url = empty_database_url
    migrate(url, to="0003")
    for number, (state, reason, _, _) in enumerate(PUT_OFF):
        run(
            url,
            "INSERT INTO claims (environment, day, rule, action, instant, state, at, operation_id, reason)"
            f" VALUES ('e{number}', '2026-11-23', 'r', 'stop', '2026-11-23 19:00:00', '{state}',"
            f" '2026-11-23 19:00:00', '', '{reason}')",
        )
    before = scalars(url, "SELECT reason FROM claims ORDER BY environment")
    migrate(url)
    db = database(url, holder="one", lease_seconds=30)
    found = db.book.claims.since(datetime(2026, 11, 23, tzinfo=UTC))
    read = [(found[f"e{n}"][0].put_off_by, found[f"e{n}"][0].reason) for n in range(len(PUT_OFF))]
    assert read == [(rule, reason) for _, _, rule, reason in PUT_OFF]
    db.dispose()
    downgrade(url, "0003")
    assert scalars(url, "SELECT reason FROM claims ORDER BY environment") == before


KEPT: dict[str, tuple[str | None, str]] = {
    "held": (None, "2099-01-01"),
    "passed": (None, "2020-01-02"),
    "undone": ("2020-01-01", "2099-01-01"),
}
"""When an override was ended, and until when it was to hold."""


def test_the_message_of_a_keep_that_still_holds_is_live(empty_database_url: str) -> None:
    url = empty_database_url
    migrate(url, to="0010")
    for name, (ended, until) in KEPT.items():
        run(url, *(_insert(table, row) for table, row in _kept(name, ended, until)))
    migrate(url)
    db = database(url, holder="one", lease_seconds=30)
    assert [row.operation_id for row in db.messages.live()] == ["held"]
    db.dispose()


def test_billed_rows_survive_the_way_up_and_are_merged_over_tags_on_the_way_down(
    empty_database_url: str,
) -> None:
    url, day = empty_database_url, date(2026, 11, 23)
    migrate(url, to="0014")
    run(url, f"INSERT INTO billed_days VALUES ('1', '{day}', 'staging', 5, '0')")
    migrate(url)
    db = database(url, holder="one", lease_seconds=30)
    kept = db.book.ledger.billed
    assert list(kept.rows(day, day)) == [BilledDay("1", day, "staging", 5)]
    kept.put("1", [day], [BilledDay("1", day, "staging", n, n == 6, tag) for n, tag in ((6, "a"), (7, "b"))])
    db.dispose()
    downgrade(url, "0014")
    assert scalars(url, "SELECT micros FROM billed_days WHERE estimated") == [13]


def _kept(name: str, ended: str | None, until: str) -> Iterator[tuple[str, dict[str, object]]]:
    """A keep as the previous release left it: its operation, its message, its override."""
    then = "2020-01-01"
    texts = (
        "target",
        "conflicts",
        "actor_id",
        "actor_name",
        "source",
        "channel",
        "doing",
        "plan_hash",
        "holder",
    )
    facts = {
        "arguments": "{}",
        "before": "{}",
        "after": "{}",
        "notes": "[]",
        "summary": "",
        "state": "succeeded",
    }
    times = {"opened_at": then, "next_look": then, "closed_at": then}
    numbers = {"fence": 1, "held_until": 0, "generation": 1}
    named = {"id": name, "name": "keep", "environment": "staging", **dict.fromkeys(texts, "")}
    yield "operations", {**named, **facts, **times, **numbers}
    versions = {"version_wanted": 2, "version_shown": 2, "final": True, "detail_ts": "", "given_up": ""}
    yield "messages", {"operation_id": name, "channel": "C0STAGING", "ts": "1.1", **versions}
    held = {"id": name, "environment": "staging", "state": "up", "since": then, "until": until}
    yield (
        "overrides",
        {**held, **dict.fromkeys(("reason", "actor", "actor_name", "ended_by"), ""), "ended_at": ended},
    )


def _insert(table: str, row: dict[str, object]) -> str:
    values = (
        "NULL" if v is None else str(v).lower() if isinstance(v, bool) else repr(v) for v in row.values()
    )
    return f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join(values)})"


def test_every_trigger_outlives_a_change_of_another_table(empty_database_url: str) -> None:
    migrate(empty_database_url, to="0001")
    before = triggers(empty_database_url), predicate(empty_database_url)
    migrate(empty_database_url)
    assert triggers(empty_database_url) > before[0]
    assert predicate(empty_database_url) == before[1]
    downgrade(empty_database_url, "0001")
    assert (triggers(empty_database_url), predicate(empty_database_url)) == before


def test_downgrading_leaves_nothing_and_upgrading_makes_everything_again(empty_database_url: str) -> None:
    url = empty_database_url
    migrate(url)
    before = triggers(url), predicate(url)
    downgrade(url, "base")
    assert triggers(url) == set()
    migrate(url)
    assert (triggers(url), predicate(url)) == before
    assert drift(url) == []


def test_tables_without_a_version_are_an_older_schema(empty_database_url: str) -> None:
    migrate(empty_database_url)
    run(empty_database_url, "DELETE FROM alembic_version")
    assert schema_state(empty_database_url) == "older"


def test_a_version_from_a_later_release_is_newer(empty_database_url: str) -> None:
    migrate(empty_database_url)
    run(empty_database_url, "UPDATE alembic_version SET version_num = '9999'")
    assert schema_state(empty_database_url) == "newer"


def test_four_replicas_may_migrate_at_once(empty_database_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(migrate, [empty_database_url] * 4))
    assert schema_state(empty_database_url) == "current"
    assert scalars(empty_database_url, "SELECT version_num FROM alembic_version") == [newest_version()]


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://host/lamp"])
def test_a_database_we_do_not_know_is_refused(url: str, golden: Golden) -> None:
    with pytest.raises(ValueError) as refused:
        engine(url)
    assert str(refused.value) == golden(name=url.partition(":")[0])


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_each_way_to_write_a_postgresql_address_is_understood(scheme: str) -> None:
    assert engine(f"{scheme}://lamp@host/lamp").url.drivername == "postgresql+psycopg"
