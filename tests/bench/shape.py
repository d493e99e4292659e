"""The shape of the code in numbers: ``python -m tests.bench.shape``; run it in two checkouts to compare them.

- *arrows*: pairs of packages where one imports the other (``handlers.gate`` -> ``handlers.ports``).
- *upward*: imports within ``handlers`` that go up its floors.
- *cycles*: groups of modules that import one another in a circle.
- *prose*: assert statements in the tests that hold a text of four words or more, of all assert statements.
- *long*: functions of more than 30 lines, of all functions outside the tests.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import grimp

ROOTS = ("policies", "handlers", "bot")
FLOORS = ("words", "ports", "tell", "now", "facts", "weekly", "steps", "verbs", "gate", "clock")
LONG = 30
WORDS = 4
ROOT = Path(__file__).parents[2]


def main() -> None:
    imports = _imports()
    arrows = {(_package(a), _package(b)) for a, found in imports.items() for b in found}
    arrows = {(a, b) for a, b in arrows if a != b}
    sys.stdout.write(
        f"arrows {len(arrows)}, upward {len(_upward(imports))}, cycles {len(_cycles(imports))}\n"
    )
    asserts = [node for node in _nodes("tests") if isinstance(node, ast.Assert)]
    sys.stdout.write(f"prose {sum(map(_pins_prose, asserts))} of {len(asserts)} asserts\n")
    functions = [n for root in ROOTS for n in _nodes(root) if isinstance(n, ast.FunctionDef)]
    long = [f for f in functions if (f.end_lineno or 0) - f.lineno + 1 > LONG]
    sys.stdout.write(f"long {len(long)} of {len(functions)} functions\n")


def _imports() -> Mapping[str, frozenset[str]]:
    graph = grimp.build_graph(*ROOTS, cache_dir=None)
    return {m: frozenset(graph.find_modules_directly_imported_by(m)) for m in graph.modules}


def _package(module: str) -> str:
    """Return the package of a module; a handler file counts as ``handlers.verbs``."""
    parts = module.split(".")
    if parts[0] == "handlers":
        return f"handlers.{_floor(module)}"
    return ".".join(parts[:2]) if len(parts) > 2 else parts[0]


def _floor(module: str) -> str:
    second = (*module.split("."), "", "")[1]
    return second if second in FLOORS else "verbs"


def _upward(imports: Mapping[str, frozenset[str]]) -> set[tuple[str, str]]:
    """Return the upward imports, module to module. ``handlers.registry`` is left out, because it is handed to
    the gate and belongs to it.
    """
    inner = {
        m: found for m, found in imports.items() if m.startswith("handlers.") and m != "handlers.registry"
    }
    return {
        (a, b)
        for a, found in inner.items()
        for b in found & inner.keys()
        if FLOORS.index(_floor(b)) > FLOORS.index(_floor(a))
    }


def _cycles(imports: Mapping[str, frozenset[str]]) -> list[frozenset[str]]:
    """Return the groups of modules in which each reaches every other (strongly connected, more than one)."""
    reach: dict[str, set[str]] = {}
    for start in imports:
        seen, todo = set[str](), [start]
        while todo:
            for further in imports[todo.pop()] & imports.keys() - seen:
                seen.add(further)
                todo.append(further)
        reach[start] = seen
    circles = {frozenset(b for b in reach[a] if a in reach[b]) for a in imports if a in reach[a]}
    return sorted(circles, key=len, reverse=True)


def _nodes(folder: str) -> Iterator[ast.AST]:
    for file in sorted((ROOT / folder).rglob("*.py")):
        yield from ast.walk(ast.parse(file.read_text()))


def _pins_prose(node: ast.Assert) -> bool:
    texts = (n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str))
    return any(len(text.split()) >= WORDS for text in texts)


if __name__ == "__main__":
    main()
