"""What pages say because the code does: written by ``make golden``, read by a person in the difference.

The page's own words stand around the two marks and are never touched.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from handlers import registry
from handlers.registry import Registry

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "tests" / "handlers" / "example" / "uptime.py"
PICKER = "| `/env` | Opens a picker: environment, service, what to do | |"


def commands(known: Registry) -> str:
    """README's table, the least of rights first."""
    said = [o for o in known.operations.values() if not o.console]
    said.sort(key=lambda o: (not o.anyone, o.role, o.changes, o.name))
    rows = [f"| `{o.example('/env')}` | {o.help} | {'' if o.anyone else f'{o.role.word} '}|" for o in said]
    return "\n".join(["| typed | does | needs |", "|---|---|---|", PICKER, *rows])


def example() -> str:
    """The whole file of CONTRIBUTING's command."""
    return f"```python\n{EXAMPLE.read_text()}```"


TEXTS: Mapping[str, tuple[str, Callable[[], str]]] = {
    "README.md": ("commands", lambda: commands(registry.load())),
    "CONTRIBUTING.md": ("example", example),
}


def renewed(page: str) -> str:
    """The page as it should be. ``ValueError`` where one of its marks is missing."""
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
