"""Texts that follow from the code: ``make golden`` writes them, and a person reads the difference.

Some stand in pages, between two marks; the page's own words around them are never touched. Others are what
tests saw people read, in files next to the tests.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.amber import AmberSnapshotExtension
from syrupy.location import PyTestLocation

from handlers import registry
from handlers.registry import Registry

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "tests" / "handlers" / "example" / "uptime.py"
PICKER = "| `/env` | Opens a picker: what you may do there, and the fields of that | |"

Golden = SnapshotAssertion
COUNTED = re.compile(r"\bop-\d+")
"""Operation numbers, which count through the whole run of a worker."""
UNSEEN = re.compile(r"[\U00100000-\U00108001]|\\U0010[0-8][0-9a-f]{3}")
"""The characters around an instant (``policies.times.moments``), as they are or as ``repr`` writes them."""


class Sentences(AmberSnapshotExtension):
    """What people read in tests: one file for each test file, in the folder ``golden`` next to it.

    A test asserts the kind and the facts itself. The wording stands in these files, so whoever changes a
    sentence runs ``make golden`` and reads the difference. What differs between runs (an operation's number)
    is left out, and an instant is reduced to its words, which is what plain text has.
    """

    snapshot_dirname = "golden"

    @classmethod
    def get_snapshot_name(cls, *, test_location: PyTestLocation, index: int | str = 0) -> str:
        """Return a snapshot's name. A snapshot with a name (``golden(name="why")``) is shared by all
        parameters of its test.
        """
        if isinstance(index, str):
            return f"{test_location.methodname}[{index}]"
        return super().get_snapshot_name(test_location=test_location, index=index)

    def serialize(self, data: Any, **how: Any) -> str:
        return UNSEEN.sub("", COUNTED.sub("op-#", super().serialize(data, **how)))


def commands(known: Registry) -> str:
    """Return README's table, with the commands that need the fewest rights first."""
    said = [o for o in known.operations.values() if not o.console]
    said.sort(key=lambda o: (not o.anyone, o.role, o.changes, o.name))
    rows = [f"| `{o.example('/env')}` | {o.help} | {'' if o.anyone else f'{o.role.word} '}|" for o in said]
    return "\n".join(["| typed | does | needs |", "|---|---|---|", PICKER, *rows])


def example() -> str:
    """Return the whole file of CONTRIBUTING's command."""
    return f"```python\n{EXAMPLE.read_text()}```"


TEXTS: Mapping[str, tuple[str, Callable[[], str]]] = {
    "README.md": ("commands", lambda: commands(registry.load())),
    "CONTRIBUTING.md": ("example", example),
}


def renewed(page: str) -> str:
    """Return the page as it should be. Raises ``ValueError`` if one of its marks is missing."""
    name, said = TEXTS[page]
    text = (ROOT / page).read_text()
    before, opened, rest = text.partition(f"<!-- {name}: ")
    how, closed, inside = rest.partition(" -->\n")
    _, ended, after = inside.partition(f"<!-- end of {name} -->")
    if not (opened and closed and ended):
        raise ValueError(f"{page} has no marks for {name}")
    return f"{before}{opened}{how}{closed}{said()}\n{ended}{after}"


def renew() -> None:
    for page in TEXTS:
        (ROOT / page).write_text(renewed(page))


if __name__ == "__main__":
    renew()
