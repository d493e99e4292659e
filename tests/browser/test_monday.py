"""Monday, nine o'clock, as a person sees it: the digest comes by itself, with its chart and its buttons."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import PICTURES
from tests.browser.screen import PHONE, opened
from tests.scenarios.control import Control

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
MONDAY = "2026-11-30T08:00:30+00:00"
"""Half a minute past nine in Berlin, where staging is."""
BEFORE = "2026-11-30T07:59:00+00:00"
TOLD = re.compile(r"23 to 29 November: \d+ environments cost .* USD")


def test_the_digest_comes_by_itself_with_a_chart_and_its_numbers(
    browser: Browser, weekend: tuple[str, Control]
) -> None:
    url, control = weekend
    with opened(browser, url, "U0DEV", PICTURES) as dev:
        private = dev.page.locator("#log > li.message").filter(has_text="Only visible to you")
        before = private.count()
        dev.types("/env digest")  # the bot may post something for all meanwhile
        expect(private).not_to_have_count(before)
        dev.picture("monday-0-on-demand")
        control.post("/clock", {"to": BEFORE})
        expect(dev.page.locator("#log > li.message").filter(has_text=TOLD)).to_have_count(0)
        control.post("/clock", {"to": MONDAY})
        digest = dev.page.locator("#log > li.message").filter(has_text=TOLD)
        expect(digest).to_have_count(1)
        expect(digest.get_by_role("img", name=re.compile("bar chart: Cost of each week"))).to_be_visible()
        expect(digest).to_contain_text(re.compile(r"staging: [\d.,]+"))
        expect(digest).to_contain_text("Head of the audit log")
        dev.page.set_viewport_size({"width": 1280, "height": 1000})
        digest.scroll_into_view_if_needed()
        dev.everywhere("monday-1-digest")
    with opened(browser, url, "U0VIC", PICTURES, size=PHONE) as vic:
        digest = vic.page.locator("#log > li.message").filter(has_text=TOLD)
        expect(digest).to_have_count(1)
        digest.scroll_into_view_if_needed()
        vic.picture("monday-2-phone")
