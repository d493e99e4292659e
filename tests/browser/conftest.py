"""One playground and one browser for the whole folder; a fresh page for each person of each test."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import pytest
import yaml
from playwright.sync_api import Browser, expect

from tests.browser.chromium import MISSING, chromium, find_chromium
from tests.browser.screen import DESK, PATIENCE, Screen, Size, opened
from tests.scenarios.control import Control
from tests.scenarios.process import SOURCES, PlaygroundProcess
from tests.waiting import BETWEEN_QUESTIONS, until

PICTURES = Path(os.environ.get("SCREENSHOTS") or SOURCES / "var" / "screenshots")
OPTIONS = ["--transport", "http", "--pace", "10", "--tick", "0.2"]
MANY = ["--env", "LAMPLIGHTER_PER_MINUTE=1000"]
"""A minute of the playground's clock is six seconds here; nobody should exhaust their budget of commands."""


UNMETERED = ["--env", "LAMPLIGHTER_METER_MINUTES=0"]
"""For tests of neither costs nor Home: the meter's first look brings the two months of metrics before it,
which takes the bot and the playground longer than a whole journey does.
"""


BY_DAY = ["--at", "tuesday"]
"""It begins at 10:00, as `make demo` does: at night staging would be stopped, and *tomorrow* would change."""


SUNDAY = "2026-11-29T18:00:00+00:00"
"""Evening in Berlin, where staging is."""


def quiet(folder: Path) -> list[str]:
    """Return options for a playground in which only schedules post by themselves, because a test takes the
    newest message for its answer. No budget is nearly spent, and no digest is due.
    """
    catalog = yaml.safe_load((SOURCES / "playground" / "environments.yaml").read_text())
    path = folder / "environments.yaml"
    path.write_text(yaml.safe_dump({**catalog, "budgets": []}))
    given = {"CATALOG_FILE": path, "DIGEST_DAY": "never"}
    return [word for name, value in given.items() for word in ("--env", f"LAMPLIGHTER_{name}={value}")]


class Opens(Protocol):
    def __call__(self, user: str, size: Size = DESK) -> Screen: ...


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A browser that ends with the folder: Playwright allows one in a thread, and other folders have their
    own.
    """
    path = find_chromium()
    if path is None:
        pytest.skip(MISSING)
    expect.set_options(timeout=PATIENCE)
    with chromium(path) as started:
        yield started


@pytest.fixture(scope="package")
def playground(browser: Browser) -> Iterator[tuple[str, Control]]:
    """The playground's address and its control API."""
    with tempfile.TemporaryDirectory(prefix="lamplighter-browser-") as folder:
        options = [*OPTIONS, *MANY, *BY_DAY, *quiet(Path(folder)), *UNMETERED]
        process = PlaygroundProcess(Path(folder), options)
        control = Control(process.url)
        try:
            yield process.url, control
        finally:
            bot = control.get("")["bot"]["pid"]
            control.close()
            process.end(bot)


@pytest.fixture(scope="package")
def weekend(browser: Browser) -> Iterator[tuple[str, Control]]:
    """A playground on a Sunday evening that knows what the four weeks before have cost: its address and its
    control API. Its tests move the time and stop orphans, which need not disturb the others'.
    """
    with tempfile.TemporaryDirectory(prefix="lamplighter-weekend-") as folder:
        process = PlaygroundProcess(Path(folder), [*OPTIONS, *MANY, "--at", SUNDAY])
        control = Control(process.url)
        try:
            control.post("/clock", {"advance": 3_700})
            until("the weeks before are known", lambda: _known(control), pause=BETWEEN_QUESTIONS)
            yield process.url, control
        finally:
            bot = control.get("")["bot"]["pid"]
            control.close()
            process.end(bot)


def _known(control: Control) -> bool:
    """Whether both environments of the channel have figures: one is filled in after the other."""
    control.post("/command", {"user": "U0DEV", "channel": "C0STAGING", "text": "/env digest"})
    found = control.get("/messages", channel="C0STAGING", viewer="U0DEV")["messages"]
    return any(all(f" {name}: " in message["text"] for name in ("staging", "qa-eu")) for message in found)


@pytest.fixture
def control(playground: tuple[str, Control]) -> Control:
    """The control API, with the bot running and no modal open, whatever an earlier test left behind."""
    _, control = playground
    if control.get("")["bot"]["pid"] is None:
        control.post("/bot", {"start": True})
    for view in control.get("/views", viewer="U0DEV")["views"]:
        if view["kind"] == "modal":
            control.post("/close", {"user": "U0DEV", "view_id": view["id"]})
    return control


@pytest.fixture
def sees(browser: Browser, playground: tuple[str, Control], control: Control) -> Iterator[Opens]:
    """Opens the page as a person."""
    url, _ = playground
    with ExitStack() as pages:

        def open_as(user: str, size: Size = DESK) -> Screen:
            return pages.enter_context(opened(browser, url, user, PICTURES, size=size))

        yield open_as
