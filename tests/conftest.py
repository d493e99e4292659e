"""How the suite is divided among workers."""

from __future__ import annotations

import gc
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-not-found,import-untyped,unused-ignore]

from tests.forking import starting
from tests.golden import Golden, Sentences
from tests.soaking import often

STAGE = re.compile(r"^(?:tests/)?scenarios/(test_)?(.*)\[((?:socket|http)-(?:sqlite|postgresql))")
KILLS = ("kill", "random_kills", "sigterm")
"""Files whose tests end the bot again and again; they take half of the time of all scenarios."""
SLOW = re.compile(r"^(?:tests/)?(scenarios|browser)/")
"""Tests that wait more than they work, so they begin first and run next to everything else."""
LONG = re.compile(
    r"^(?:tests/)?(?:test_package|bench/test_bench|handlers/test_stop_start_kills|handlers/clock/test_model"
    r"|policies/schedule/test_properties|bot/db/test_pruning_and_need|bot/cli/test_serve)\.py"
)
"""A worker that began one of these last would still be busy after the others had finished, so they begin
next.
"""
BROWSER = re.compile(r"^(?:tests/)?browser/test_(?!evening)")
"""Browser tests that share a playground. The evening moves the clock, so it has a playground of its own."""
EXAMPLES = often(40, 400)
"""Examples of a property that names no number: in each run of the suite, and in ``make soak``."""

settings.register_profile(
    "suite",
    settings.default,
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("suite")
"""By default Hypothesis fails an example that takes more than 200 ms, on any machine. Its other defaults
stay: where ``CI`` is set, each run has the same examples."""


@pytest.fixture
def golden(snapshot: SnapshotAssertion) -> Golden:
    """What people read, as in the file next to the test; ``make golden`` rewrites that file."""
    return snapshot.use_extension(Sentences)


def pytest_configure(config: pytest.Config) -> None:
    """Tell syrupy the folder of sentences. Without it, renewing one file throws away the files of the same
    name in other rooms.
    """
    config.option.snapshot_dirname = Sentences.snapshot_dirname


def pytest_unconfigure() -> None:
    starting.end()


GARBAGE = (10_000, 10, 10)
"""When garbage is collected. Python's own 700 new objects cost the tests a twentieth of their time."""
gc.disable()  # objects made while tests are collected live to the end


def pytest_collection_finish(session: pytest.Session) -> None:
    if session.config.option.collectonly:
        keep_what_hypothesis_learns()
    gc.freeze()
    gc.set_threshold(*GARBAGE)
    gc.enable()


@settings(max_examples=100, database=None)
@given(st.text(), st.integers())
def keep_what_hypothesis_learns(_text: str, _number: int) -> None:
    """Let Hypothesis look up every character and every constant in the code. It keeps what it finds, and a
    worker that finds nothing kept takes five seconds of processor time.
    """


class ByStage(LoadScopeScheduling):  # type: ignore[misc,unused-ignore]
    """Divides the tests by what they share.

    All scenarios on one kind of stage go to one worker, which starts that stage once; those that kill the bot
    go to another worker. Browser tests that share a playground go to one worker, and so do the tests of one
    file.

    The division goes by test id, because ``xdist_group`` does nothing here: xdist 3.8 writes the group to a
    field that pytest 9.2 no longer reads.
    """

    def _split_scope(self, nodeid: str) -> str:
        found = STAGE.match(nodeid)
        if found:
            return f"stage {found[3]}{' killed' if found[2].startswith(KILLS) else ''}"
        return "browser" if BROWSER.match(nodeid) else nodeid.split("::")[0]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort the slow tests first and give each a second try, because they run several processes on a machine
    that others use too.
    """
    for item in items:
        if SLOW.match(item.nodeid):
            item.add_marker(pytest.mark.flaky(reruns=1))
    items.sort(key=lambda item: (not SLOW.match(item.nodeid), not LONG.match(item.nodeid)))


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print last which tests needed a second try, so that nobody overlooks them: each is a bug to fix."""
    for report in terminalreporter.stats.get("rerun", []):
        crash = getattr(report.longrepr, "reprcrash", None)
        why = str(crash.message if crash else report.longrepr).splitlines()[:1]
        terminalreporter.write_line(f"needed a second try: {report.nodeid}: {' '.join(why)}", yellow=True)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByStage | None:
    config.option.loadscopereorder = False  # keep the order sorted here, not by size
    return ByStage(config, log) if config.getoption("dist") == "loadgroup" else None
