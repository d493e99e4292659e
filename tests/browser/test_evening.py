"""Lights out at eight and a button for tonight, as a person sees it: the notice, the pause, the week. What
happens after a notice that nobody answers is in ``test_following_the_page``.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.conftest import MANY, OPTIONS, PICTURES, UNMETERED, quiet
from tests.browser.screen import DESK, PHONE, Screen, Size, opened
from tests.scenarios.control import Control
from tests.scenarios.process import PlaygroundProcess

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
BUTTONS = ["Pause tonight", "+2 h", "Until…", "Stop now"]
DRAWN = re.compile(r"Mon \d+ \w+  \.{8}#{12}\.{4}")


@pytest.fixture
def evening(browser: Browser) -> Iterator[str]:
    """The address of a playground of its own, because the test moves its time and stops staging."""
    with tempfile.TemporaryDirectory(prefix="lamplighter-evening-") as folder:
        options = [*OPTIONS, *MANY, *quiet(Path(folder)), *UNMETERED]
        process = PlaygroundProcess(Path(folder), options)
        control = Control(process.url)
        try:
            yield process.url
        finally:
            bot = control.get("")["bot"]["pid"]
            control.close()
            process.end(bot)


def moves(dev: Screen, *labels: str) -> None:
    """Press those buttons of the clock, each once the one before has moved the clock."""
    page = dev.page
    if not page.get_by_label("Inspector").get_by_role("heading", name="Inspector").is_visible():
        page.get_by_role("button", name="Inspector").click()
    for label in labels:
        with page.expect_response("**/playground/clock"):
            page.get_by_role("button", name=label, exact=True).click()


def told_of_the_stop(dev: Screen) -> Locator:
    """Return the notice, half an hour before staging stops."""
    moves(dev, "to 07:59", "to 19:29")
    notice = dev.page.locator("#log > li.message").filter(has_text="stops at 20:00 today")
    expect(notice).to_contain_text("staging stops at 20:00 today")
    expect(notice.get_by_role("button")).to_have_text(BUTTONS)
    return dev.at(notice.get_attribute("data-ts") or "")


def sees_it_elsewhere(browser: Browser, url: str) -> None:
    """Vic, in Kolkata, reads of the same stop on a clock of his own."""
    with opened(browser, url, "U0VIC", PICTURES) as vic:
        notice = vic.page.locator("#log > li.message").filter(has_text="stops at 00:30")
        expect(notice.last).to_contain_text("staging stops at 00:30 today")
        expect(notice.last.locator("time").first).to_have_text(re.compile(r"^00:0\d"))
        vic.picture("evening-in-kolkata")


def test_a_pause_at_the_notice_keeps_staging_on_and_can_be_undone(browser: Browser, evening: str) -> None:
    with opened(browser, evening, "U0DEV", PICTURES) as dev:
        notice = told_of_the_stop(dev)
        dev.everywhere("evening-1-notice")
        sees_it_elsewhere(browser, evening)
        notice.get_by_role("button", name="Pause tonight").click()
        expect(notice).to_contain_text("staging is kept on by Dev Das until 08:00 tomorrow")
        expect(notice.get_by_role("button")).to_have_text(["Undo"])
        said = dev.page.locator("#log > li.message").filter(has_text="until 08:00 tomorrow")
        expect(said, "the notice alone").to_have_count(1)
        dev.picture("evening-2-paused")
        moves(dev, "+1 h")
        listed = dev.says("/env list")
        expect(listed).to_contain_text(re.compile(r"5 up of 5.*kept on by Dev Das", re.DOTALL))
        dev.picture("evening-3-still-on")
        notice.get_by_role("button", name="Undo").click()
        expect(notice).to_contain_text("staging was kept on by Dev Das until 20:")
        expect(notice.get_by_role("button")).to_have_count(0)
        last = dev.page.locator("#log > li.message").filter(has_text="10 min after this notice")
        expect(last.get_by_role("button")).to_have_text(BUTTONS)
        dev.picture("evening-4-undone")


@pytest.mark.parametrize(("size", "name"), [(DESK, "desk"), (PHONE, "phone")], ids=["desk", "phone"])
def test_the_week_is_a_strip_that_also_fits_a_phone(
    browser: Browser, playground: tuple[str, Control], size: Size, name: str
) -> None:
    with opened(browser, playground[0], "U0DEV", PICTURES, size=size) as dev:
        week = dev.says("/env schedule staging")
        strip = week.locator("pre")
        expect(strip).to_contain_text(DRAWN)
        expect(week).to_contain_text("60 of 168 hours a week")
        lines = len(strip.inner_text().strip("\n").splitlines())
        drawn = strip.evaluate("node => node.getClientRects().length && node.clientHeight")
        high = strip.evaluate("node => parseFloat(getComputedStyle(node).lineHeight)")
        assert lines == 8
        assert drawn < high * (lines + 2), "a line of the strip is wrapped"
        assert dev.page.evaluate("document.documentElement.scrollWidth") <= size[0]
        strip.scroll_into_view_if_needed()
        dev.picture(f"week-{name}")
