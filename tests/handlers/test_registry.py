"""Everything that a handler file declares is found, and no name is taken twice."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import handlers
import handlers.steps
from handlers import registry
from handlers.words.operation import Operation
from policies.access.people import Role
from policies.access.safeguards import WAYS_BACK
from tests.handlers.stage import REGISTRY

HOUSE = Path(handlers.__path__[0])
SHARED = {"__init__", "answering", "elsewhere", "registry", "now", "home", "planned", "examples"}
"""Files next to the verbs that are not verbs: what several verbs ask, and what finds them."""
FILES = {p.stem for p in HOUSE.glob("*.py")} - SHARED


def test_every_handler_file_declares_the_operation_it_is_named_after() -> None:
    assert {operation.run.__module__.rsplit(".")[-1] for operation in REGISTRY.operations.values()} == FILES
    assert set(REGISTRY.operations) >= FILES
    assert {"apply", "audit", "help", "list", "redeploy", "restart", "status", "whoami"} <= FILES


def test_no_package_imports_a_verb_and_only_pause_imports_another_verb() -> None:
    """What several verbs ask is in ``now``: otherwise the next verb would import a command to ask it."""
    leans = {
        (path.relative_to(HOUSE).with_suffix("").as_posix(), verb)
        for path in HOUSE.rglob("*.py")
        for verb in verbs_in(path.read_text())
    } - {(name, name) for name in FILES}
    assert leans == {("pause", "keep")}  # a pause is a keep until the next start


def test_every_way_to_import_a_verb_is_seen() -> None:
    assert verbs_in("from handlers.keep import over") == {"keep"}
    assert verbs_in("import handlers.stop as other") == {"stop"}
    assert verbs_in("from handlers import restart") == {"restart"}
    assert verbs_in("from handlers.now import stands\nfrom handlers.tell import keep") == set()


def verbs_in(text: str) -> set[str]:
    """Return the verbs that a file of ``handlers`` imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.ImportFrom(module="handlers"):
                names |= {a.name for a in node.names}
            case ast.ImportFrom(module=str(module)) if module.startswith("handlers."):
                names.add(module.split(".")[1])
            case ast.Import():
                names |= {a.name.split(".")[1] for a in node.names if a.name.startswith("handlers.")}
    return names & FILES


def test_every_kind_of_step_is_found_and_complete() -> None:
    assert {"deploy", "stop task", "write catalog", "set desired", "stop database"} <= set(
        REGISTRY.step_kinds
    )
    for name, kind in REGISTRY.step_kinds.items():
        assert kind.name == name
        assert kind.deadline.total_seconds() > 0
        assert all(callable(getattr(kind, m)) for m in ("before", "act", "look", "recover"))


def test_every_operation_has_help_and_a_change_names_what_it_excludes() -> None:
    for operation in REGISTRY.operations.values():
        assert operation.help
        assert operation.help[0].isupper() or operation.help[0] == "`"
        assert not operation.help.endswith(".")
        assert bool(operation.conflicts) == operation.changes, operation.name


def test_an_operation_includes_another_that_is_a_recorded_read() -> None:
    for operation in REGISTRY.operations.values():
        assert not operation.includes or REGISTRY.operations[operation.includes].recorded


def test_names_and_aliases_are_found_in_any_case_and_nothing_else() -> None:
    assert REGISTRY.named("Restart") is REGISTRY.operations["restart"]
    assert REGISTRY.named("BOUNCE") is REGISTRY.operations["restart"]
    assert REGISTRY.named("levitate") is None


@pytest.mark.parametrize(
    ("typed", "meant"), [("restrat", "restart"), ("bounc", "restart"), ("STATSU", "status"), ("xyzzy", "")]
)
def test_a_mistyped_word_has_a_nearest_operation(typed: str, meant: str) -> None:
    found = REGISTRY.nearest(typed)
    assert (found.name if isinstance(found, Operation) else "") == meant


def test_an_operation_of_the_console_is_nobodys_nearest() -> None:
    assert REGISTRY.nearest("appply") is None


@pytest.fixture
def another(tmp_path: Path) -> Iterator[Path]:
    """Add another folder of handler files to the package."""
    handlers.__path__.append(str(tmp_path))
    yield tmp_path
    handlers.__path__.remove(str(tmp_path))
    for name in [n for n, m in sys.modules.items() if _lies_in(m, tmp_path)]:
        del sys.modules[name]
        delattr(handlers, name.rsplit(".", 1)[-1])


def _lies_in(module: ModuleType, folder: Path) -> bool:
    return str(getattr(module, "__file__", "") or "").startswith(str(folder))


DECLARING = """
from handlers.words.operation import operation
from policies.access.people import Role

@operation({name!r}, role=Role.VIEWER, aliases={aliases!r})
def run(scope):
    '''A further one.'''
"""


def test_a_new_file_is_all_that_a_new_operation_needs(another: Path) -> None:
    (another / "levitate.py").write_text(DECLARING.format(name="levitate", aliases=("fly",)))
    found = registry.load()
    declared = found.named("fly")
    assert isinstance(declared, Operation)
    assert (declared.name, declared.help, declared.role) == ("levitate", "A further one", Role.VIEWER)


@pytest.mark.parametrize(
    ("name", "aliases", "taken"),
    [
        ("restart", (), "restart"),
        ("bounce", (), "bounce"),
        ("levitate", ("restart",), "restart"),
        ("levitate", ("st",), "st"),
    ],
)
def test_a_name_taken_twice_is_refused(
    another: Path, name: str, aliases: tuple[str, ...], taken: str
) -> None:
    (another / "zz_second.py").write_text(DECLARING.format(name=name, aliases=aliases))
    with pytest.raises(ValueError, match=f"two operations are called '{taken}'"):
        registry.load()


@pytest.mark.parametrize(
    ("name", "aliases", "taken"), [("levitate", ("status",), "status"), ("st", (), "st")]
)
def test_a_name_taken_twice_is_refused_whichever_is_found_first(
    another: Path, name: str, aliases: tuple[str, ...], taken: str
) -> None:
    (another / "aa_first.py").write_text(DECLARING.format(name=name, aliases=aliases))
    with pytest.raises(ValueError, match=f"two operations are called '{taken}'"):
        registry.load()


def test_a_kind_of_step_taken_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "zz_second.py").write_text("class Second:\n    name = 'deploy'\n\nKINDS = (Second(),)\n")
    handlers.steps.__path__.append(str(tmp_path))
    try:
        with pytest.raises(ValueError, match="two kinds of step are called 'deploy'"):
            registry.load()
    finally:
        handlers.steps.__path__.remove(str(tmp_path))
        sys.modules.pop("handlers.steps.zz_second", None)


def test_the_ways_back_that_production_must_be_open_to_are_those_declared() -> None:
    """Only a start with an end has a keep to undo."""
    declared = {
        one.name: one.stopped_by or (one.undone_by, "Undo")
        for one in REGISTRY.operations.values()
        if one.stopped_by or one.undone_by
    }
    assert declared.pop("start") == ("resume", "Undo")
    assert declared == WAYS_BACK
