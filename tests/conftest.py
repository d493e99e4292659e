"""How the suite is shared out among workers."""

from __future__ import annotations

import gc
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from syrupy.assertion import SnapshotAssertion
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-not-found,import-untyped,unused-ignore]

from tests.forking import starting
from tests.golden import Golden, Sentences

STAGE = re.compile(r"^(?:tests/)?scenarios/(test_)?(.*)\[((?:socket|http)-(?:sqlite|postgresql))")
KILLS = ("kill", "random_kills", "sigterm")
"""Files whose tests end the bot again and again: half of the time of all scenarios."""
SLOW = re.compile(r"^(?:tests/)?(scenarios|browser)/")
"""They wait more than they work, so they begin first and run beside everything else."""
LONG = re.compile(
    r"^(?:tests/)?(?:test_package|bench/test_bench|handlers/test_stop_start_kills|handlers/clock/test_model"
    r"|policies/schedule/test_properties|bot/db/test_pruning_and_need|bot/cli/test_serve)\.py"
)
"""Whoever began one of these last would still be at work when the others have nothing left: they are next."""
BROWSER = re.compile(r"^(?:tests/)?browser/test_(?!evening)")
"""An evening moves the time of a playground of its own."""


settings.register_profile(
    "suite", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("suite")
"""Hypothesis by itself fails an example that takes more than 200 ms, on whatever machine. The rest is as it
has it: where ``CI`` is set, the same examples in each run."""


@pytest.fixture
def golden(snapshot: SnapshotAssertion) -> Golden:
    """What people read, as the file beside the test has it: ``make golden`` writes it anew."""
    return snapshot.use_extension(Sentences)


def pytest_configure(config: pytest.Config) -> None:
    """The folder of sentences is known to syrupy, which else renews one file's and throws away those of its
    namesakes in other rooms."""
    config.option.snapshot_dirname = Sentences.snapshot_dirname


def pytest_unconfigure() -> None:
    starting.end()


gc.disable()  # what is made while tests are collected stays to the end


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


class ByStage(LoadScopeScheduling):  # type: ignore[misc,unused-ignore]
    """Scenarios on one kind of stage go to one worker, which then starts that stage once, and those that kill
    its bot to another; so do browser tests that share a playground, and what is in one file shares its world.
    By test id, because ``xdist_group`` does nothing here: xdist 3.8 writes it to a field that pytest 9.2 no
    longer reads."""

    def _split_scope(self, nodeid: str) -> str:
        found = STAGE.match(nodeid)
        if found:
            return f"stage {found[3]}{' killed' if found[2].startswith(KILLS) else ''}"
        return "browser" if BROWSER.match(nodeid) else nodeid.split("::")[0]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Scenarios are of several processes on a machine that others use too: one that fails is tried twice."""
    for item in items:
        if SLOW.match(item.nodeid):
            item.add_marker(pytest.mark.flaky(reruns=1))
    items.sort(key=lambda item: (not SLOW.match(item.nodeid), not LONG.match(item.nodeid)))


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Whatever needed its second try is told last, so that nobody overlooks it: it is a bug to mend."""
    for report in terminalreporter.stats.get("rerun", []):
        crash = getattr(report.longrepr, "reprcrash", None)
        why = str(crash.message if crash else report.longrepr).splitlines()[:1]
        terminalreporter.write_line(f"needed a second try: {report.nodeid}: {' '.join(why)}", yellow=True)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByStage | None:
    config.option.loadscopereorder = False  # as they are sorted here, and not by how many they are
    return ByStage(config, log) if config.getoption("dist") == "loadgroup" else None
