"""Tests of words that are two things: a service called *to*, a revision after a colon, a shell's command."""

from __future__ import annotations

import pytest

from handlers.typed.reading import read
from handlers.typed.room import Room
from handlers.typed.values import Names, Parsed
from tests.handlers.stage import REGISTRY

SERVICES = {"odd": ("since", "to", "on", "now", "for", "revision"), "staging": ("orders-api", "web")}
NAMES = Names(frozenset({"odd", "staging", "qa-eu"}), "", {}, lambda name: SERVICES.get(name, ()))

READ = {
    "rollback odd to": Parsed("rollback", "odd", "to"),
    "rollback odd to to 41": Parsed("rollback", "odd", "to", {"to": "41"}),
    "scale odd to 3": Parsed("scale", "odd", "to", {"count": "3"}),
    "scale odd to to 3": Parsed("scale", "odd", "to", {"count": "3"}),
    "scale odd on to 3": Parsed("scale", "odd", "on", {"count": "3"}),
    "restart odd on now": Parsed("restart", "odd", "on"),
    "logs odd since since 5m": Parsed("logs", "odd", "since", {"lines": "since 5m"}),
    "logs odd on since 5m grep on": Parsed("logs", "odd", "on", {"lines": "since 5m grep on"}),
    "rollback staging orders-api:41": Parsed("rollback", "staging", "orders-api", {"to": "41"}),
    "rollback orders-api:41 in staging": Parsed("rollback", "staging", "orders-api", {"to": "41"}),
    "rollback staging orders-api to revision 41": Parsed("rollback", "staging", "orders-api", {"to": "41"}),
    "rollback staging orders-api rev 41": Parsed("rollback", "staging", "orders-api", {"to": "41"}),
    "rollback odd revision 41": Parsed("rollback", "odd", "revision", {"to": "41"}),
    "diff staging orders-api vs qa-eu": Parsed("diff", "staging", "orders-api", {"other": "vs qa-eu"}),
    "diff orders-api vs qa-eu in staging": Parsed("diff", "staging", "orders-api", {"other": "vs qa-eu"}),
    "tail -f staging orders-api": Parsed("follow", "staging", "orders-api"),
    "tail -f orders-api in staging grep x": Parsed("follow", "staging", "orders-api", {"lines": "grep x"}),
    "logs -f staging orders-api": Parsed("follow", "staging", "orders-api"),
    "restart staging orders-api:41": Parsed("restart", "staging", "orders-api:41"),
}


@pytest.mark.parametrize("line", READ)
def test_such_a_word_is_read_as_it_was_meant(line: str) -> None:
    assert read(line, Room(REGISTRY, "/env", NAMES)) == READ[line]
