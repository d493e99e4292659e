"""What ``handlers.ports.store`` promises of terminals, as rows of the catalog."""

from __future__ import annotations

from typing import Any

from handlers.ports.store import CatalogChange
from policies.access.terminals import Terminal

DEV = Terminal("arn:aws:sts::123456789012:assumed-role/People/dev", "slack:T0HOME:U0DEV")
PEOPLE = Terminal("arn:aws:sts::123456789012:assumed-role/People/*", "console:people")


def put(store: Any, *rows: Terminal) -> tuple[Terminal, ...]:
    store.catalog.write(CatalogChange(put_terminals=rows))
    return store.catalog.read().terminals  # type: ignore[no-any-return]


def test_terminals_are_read_back_by_arn(store: Any) -> None:
    assert store.catalog.read().terminals == ()
    assert put(store, DEV, PEOPLE) == (PEOPLE, DEV)


def test_a_terminal_with_the_same_arn_replaces_the_previous_one(store: Any) -> None:
    put(store, DEV, PEOPLE)
    moved = Terminal(DEV.arn, "slack:T0HOME:U0VIC")
    assert put(store, moved) == (PEOPLE, moved)


def test_a_terminal_is_removed_by_its_arn(store: Any) -> None:
    put(store, DEV, PEOPLE)
    store.catalog.write(CatalogChange(remove_terminals=(DEV.arn, "arn:aws:iam::123456789012:user/nobody")))
    assert store.catalog.read().terminals == (PEOPLE,)
