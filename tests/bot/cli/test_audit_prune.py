"""``lamplighter audit prune``: what it shows, asks, removes and leaves."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.db.database import Database, database
from handlers.ports.store import AuditQuery, Opened
from tests.bot.cli.conftest import Console
from tests.bot.cli.test_audit import entry
from tests.bot.db.tampering import scalars, tamper
from tests.contracts.values import closing, opening, yes
from tests.golden import Golden

NOW = datetime.now(UTC)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def with_db(console: Console, does: Callable[[Database], object], key: bytes = b"") -> None:
    db = database(console.url, holder="test", lease_seconds=30, audit_key=key)
    try:
        does(db)
    finally:
        db.dispose()


def filled(console: Console, *days: float, key: bytes = b"") -> Console:
    """Add an entry for each number of days ago."""

    def fill(db: Database) -> None:
        for number in days:
            db.audit.append(entry(0, at=ago(number)))

    with_db(console, fill, key)
    return console


def left(console: Console) -> list[int]:
    return scalars(console.url, "SELECT seq FROM audit_entries ORDER BY seq")


def test_entries_older_than_ninety_days_are_removed_and_the_rest_verifies(console: Console) -> None:
    filled(console, 200, 91, 89, 1)
    head = console("audit", "verify").out.split("the head is ")[1].split()[0]
    said = console("audit", "prune", answer="y\n")
    assert said.code == 0, said
    assert f"To be removed: 2 audit entries, 1 to 2, from {ago(200):%Y-%m-%d %H:%M} to " in said.out
    assert left(console) == [3, 4, 5]
    checked = console("audit", "verify", "--head", head)
    assert (checked.code, checked.out.startswith("3 entries from 3;")) == (0, True)
    assert said.out.split("head is ")[1].split(";")[0] in console("audit", "verify").out


def test_the_pruning_is_an_entry_of_whoever_typed_it(console: Console) -> None:
    filled(console, 200, 100, 1)
    console("audit", "prune", "--yes")
    row = json.loads(console("audit", "export", "--operation", "audit prune").out)
    assert (row["kind"], row["outcome"], row["source"]) == ("closed", "succeeded", "console")
    assert row["actor"].startswith("console:")
    assert row["arguments"] == {"older_than": "90d"}
    told = {name: row["evidence"][name] for name in ("pruned_from", "pruned_through", "pruned_count")}
    assert told == {"pruned_from": 1, "pruned_through": 2, "pruned_count": 2}
    assert row["evidence"]["oldest"] == ago(200).isoformat()


@pytest.mark.parametrize("answer", ["n\n", ""])
def test_nothing_is_removed_without_a_yes(console: Console, answer: str) -> None:
    filled(console, 200, 1)
    said = console("audit", "prune", answer=answer)
    assert (said.code, said.err) == (1, "Nothing was changed.\n")
    assert left(console) == [1, 2]


@pytest.mark.parametrize(
    ("words", "setting", "stay"),
    [
        (["--older-than", "10d"], "", [4, 5]),
        (["--older-than", "300d"], "10", [1, 2, 3, 4]),
        ([], "10", [4, 5]),
        ([], "95", [2, 3, 4, 5]),
    ],
)
def test_an_option_or_a_setting_says_how_long_entries_are_kept(
    console: Console, words: list[str], setting: str, stay: list[int]
) -> None:
    filled(console, 100, 91, 20, 1)
    given = {"LAMPLIGHTER_AUDIT_KEEP_DAYS": setting} if setting else {}
    assert console("audit", "prune", "--yes", *words, **given).code == 0
    assert left(console) == stay


@pytest.mark.parametrize(
    "age", ["0d", "-1d", "90", "90 days", "3w", "1.5d", "99999d", "999999d", "\u0669d", "d"]
)
def test_an_invalid_age_is_named(sqlite_console: Console, age: str) -> None:
    said = sqlite_console("audit", "prune", f"--older-than={age}")
    assert (said.code, "--older-than" in said.err) == (2, True)


def test_a_second_pruning_has_nothing_to_remove(console: Console) -> None:
    filled(console, 200, 1)
    console("audit", "prune", "--yes")
    for _ in range(2):
        said = console("audit", "prune", "--yes")
        assert (said.code, said.out) == (
            0,
            "There is nothing to remove: no entry is older than 90 days.\n",
        )
    assert left(console) == [2, 3]


def test_a_later_pruning_goes_on_from_the_earlier_one(console: Console) -> None:
    filled(console, 200, 100, 50, 1)
    console("audit", "prune", "--yes")
    assert console("audit", "prune", "--yes", "--older-than", "30d").code == 0
    assert scalars(console.url, "SELECT through FROM audit_checkpoints") == [3]
    assert console("audit", "verify").out.startswith("3 entries from 4;")


def test_an_empty_log_has_nothing_to_remove(sqlite_console: Console) -> None:
    assert sqlite_console("audit", "prune").code == 0


def test_all_entries_may_be_removed_except_the_one_that_records_the_pruning(console: Console) -> None:
    filled(console, 200, 100)
    console("audit", "prune", "--yes")
    assert left(console) == [3]
    filled(console, 1)
    assert console("audit", "verify").code == 0


def test_an_entry_behind_a_younger_one_stays_with_it(console: Console) -> None:
    filled(console, 200, 5, 100)
    console("audit", "prune", "--yes")
    assert left(console) == [2, 3, 4]


def opened(db: Database) -> str:
    found = db.operations.open(opening(now=ago(200), entry=entry(0, at=ago(200), kind="started")), yes)
    assert isinstance(found, Opened)
    return found.record.id


def of_operation(db: Database, operation_id: str) -> None:
    db.audit.append(entry(0, at=ago(150), kind="approved", operation_id=operation_id))


def test_the_entries_of_a_running_operation_stay_until_it_has_ended(console: Console) -> None:
    filled(console, 220)
    ids: list[str] = []
    with_db(console, lambda db: ids.append(opened(db)))
    with_db(console, lambda db: of_operation(db, ids[0]))
    filled(console, 140, 1)
    first = min(scalars(console.url, f"SELECT seq FROM audit_entries WHERE operation_id = '{ids[0]}'"))
    said = console("audit", "prune", "--yes")
    assert f"Entry {first} and those after it stay: its operation has not ended." in said.out
    assert left(console)[0] == first
    said = console("audit", "prune", "--yes")
    assert f"nothing to remove: entry {first} is of an operation that has not ended" in said.out

    def close(db: Database) -> None:
        record = db.records.find(ids[0])
        assert record is not None
        db.operations.close(record, closing())

    with_db(console, close)
    assert console("audit", "prune", "--yes").code == 0
    assert left(console)[0] > first
    assert console("audit", "verify").code == 0


def test_a_chain_that_does_not_verify_is_not_pruned_and_the_fault_is_named(console: Console) -> None:
    filled(console, 200, 100, 1)
    tamper(console.url, "UPDATE audit_entries SET actor = 'x' WHERE seq = 2")
    said = console("audit", "prune", "--yes")
    assert said.code == 1
    assert said.err.startswith(
        "Not pruned, nothing was changed: a chain that does not verify is not pruned: "
    )
    assert "entry 2 differs from its look-up columns: actor" in said.err
    assert left(console) == [1, 2, 3]


def test_a_chain_with_a_key_is_pruned_only_with_it(console: Console) -> None:
    filled(console, 200, 1, key=b"a key of tests")
    assert console("audit", "prune", "--yes").code == 1
    said = console("audit", "prune", "--yes", LAMPLIGHTER_AUDIT_KEY="a key of tests")
    assert said.code == 0, said
    assert console("audit", "verify", LAMPLIGHTER_AUDIT_KEY="a key of tests").code == 0
    assert console("audit", "verify").code == 1


def pruned(console: Console) -> set[str]:
    """Prune, and return the days on which that may have been: two if midnight came meanwhile."""
    before = datetime.now(UTC)
    console("audit", "prune", "--yes")
    return {f"{day:%Y-%m-%d}" for day in (before, datetime.now(UTC))}


def test_a_head_that_was_pruned_is_explained_and_not_called_tampering(console: Console) -> None:
    filled(console, 200, 100, 1)
    first = scalars(console.url, "SELECT hash FROM audit_entries WHERE seq = 1")[0]
    days = pruned(console)
    said = console("audit", "verify", "--head", f"1:{first}")
    assert said.code == 1
    assert any(f"entries up to 2 were pruned on {day}, as entry 4 says" in said.out for day in days)
    assert "not what was written" not in said.err
    assert "take one of entry 2 or later" in said.err
    assert console("audit", "verify", "--head", f"99:{first}").err.startswith("The audit log is not")


def test_an_export_says_which_entries_were_pruned(console: Console) -> None:
    filled(console, 200, 100, 1)
    assert "Not in it" not in console("audit", "export").err
    told = [f"Not in it: entries up to 2 were pruned on {day}, as entry 5 says.\n" for day in pruned(console)]
    exported = console("audit", "export")
    assert any(each in exported.err for each in told)
    assert "Not in it" not in exported.out
    assert "Not in it" not in console("audit", "export", "--since", "2999-01-01").err


def test_somebody_elses_pruning_meanwhile_is_reported(console: Console) -> None:
    filled(console, 200, 1)

    def race(db: Database) -> None:
        assert console("audit", "prune", "--yes").code == 0
        with pytest.raises(ValueError, match="no entry 1 to prune through"):
            db.audit.prune(1, entry(0))
        assert len(db.audit.entries(AuditQuery(operation="audit prune"))) == 1

    with_db(console, race)


def test_the_question_names_the_entries_and_their_times(sqlite_console: Console, golden: Golden) -> None:
    filled(sqlite_console, 200, 100, 1)
    said = sqlite_console("audit", "prune", "--yes")
    first, *_ = said.out.splitlines()
    assert (
        first.replace(f"{ago(200):%Y-%m-%d %H:%M}", "OLDEST").replace(f"{ago(100):%Y-%m-%d %H:%M}", "NEWEST")
        == golden
    )
