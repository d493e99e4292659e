"""A keep that is planned with the mouse: Home's form, what is said of it meanwhile, and its end."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opens

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PLANNED = re.compile(r"Planned: to be kept on by Dev Das from .* until .* \(demo\)")


def test_a_keep_is_planned_in_homes_form_told_in_the_channel_and_cancelled_in_home(sees: Opens) -> None:
    dev = sees("U0DEV")
    before = dev.newest_ts()
    dev.goes_to("App Home")
    home, modal = dev.page.locator("#home"), dev.page.get_by_role("dialog", name="Lamplighter")
    home.get_by_role("button", name="Keep on… staging").click()
    expect(modal.get_by_label("What", exact=True)).to_have_value("keep")
    begins, ends = modal.get_by_label("From when"), modal.get_by_label("Until when")
    begins.fill("some day")
    ends.fill("09:00")
    modal.get_by_label("Reason").fill("demo")
    modal.get_by_role("button", name="Ask").click()
    expect(modal).to_contain_text('"some day" does not say when it begins')
    dev.everywhere("planning-1-wrong")
    begins.fill("Tue 06:30")
    modal.get_by_role("button", name="Ask").click()
    expect(modal).to_contain_text("Follow it in #staging")
    modal.get_by_role("button", name="Close", exact=True).click()
    expect(home).to_contain_text(PLANNED)
    dev.picture("planning-2-home")

    dev.goes_to("staging")
    message = dev.newer_than(before)
    expect(message).to_contain_text(re.compile(r"staging will be kept on from .* until .*: demo · Dev Das"))
    expect(message.get_by_role("button", name="Cancel", exact=True)).to_be_enabled()
    dev.picture("planning-3-told")
    dev.goes_to("App Home")
    home.get_by_role("button", name="Cancel the plan staging").click()
    expect(modal).to_contain_text("no longer to be kept on")
    modal.get_by_role("button", name="Close", exact=True).click()
    expect(home).not_to_contain_text("Planned:")
    dev.goes_to("staging")
    expect(message).to_contain_text(
        re.compile(r"Dev Das cancelled the planned keep of staging at .*: it was to be on")
    )
    expect(message.get_by_role("button", name="Cancel", exact=True)).to_have_count(0)
    dev.picture("planning-4-over")
