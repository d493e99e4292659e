"""The picker behind a bare command, by keyboard alone; and Home, from which it opens filled in."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, TimeoutError, expect

from tests.browser.conftest import Opens
from tests.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_a_restart_is_chosen_in_the_picker_by_keyboard_and_in_home_by_a_button(sees: Opens) -> None:
    dev = sees("U0DEV")
    page = dev.page
    page.get_by_label("Message", exact=True).fill("/env")
    page.keyboard.press("Enter")
    modal = page.get_by_role("dialog", name="Lamplighter")
    expect(modal.get_by_label("What", exact=True)).to_be_focused()
    page.keyboard.type("restart")
    page.keyboard.press("Tab")
    _choose(modal.get_by_label("Environment"), "staging")
    expect(modal.get_by_label("Service")).to_be_visible()
    modal.get_by_label("Service").focus()
    _choose(modal.get_by_label("Service"), "billing-api")
    expect(modal.get_by_label("What to do when its tag has moved")).to_be_visible()
    dev.everywhere("picker-1-chosen")
    before = dev.newest_ts()
    page.keyboard.press("Enter")
    expect(modal).to_be_hidden()
    message = dev.newer_than(before)
    expect(message).to_contain_text(re.compile(r"billing-api restarted in staging · healthy after \d"))
    dev.picture("picker-2-restarted")

    page.goto(f"{page.url.split('#')[0]}#home")
    home = page.locator("#home")
    home.get_by_role("button", name="Keep on… staging").click()
    expect(modal.get_by_label("What", exact=True)).to_have_value("keep")
    expect(modal.get_by_label("Environment")).to_have_value("staging")
    modal.get_by_label("Until when").fill("whenever")
    page.keyboard.press("Enter")
    expect(modal).to_contain_text("whenever")
    expect(modal.get_by_label("Until when")).to_have_value("whenever")
    dev.picture("picker-3-wrong")
    modal.get_by_label("Until when").fill("tomorrow 9am")
    modal.get_by_label("Reason").fill("the demo")
    modal.get_by_role("button", name="Ask").click()
    expect(modal).to_contain_text("Follow it in #staging")
    modal.get_by_role("button", name="Close", exact=True).click()
    expect(home).to_contain_text(re.compile(r"kept on by Dev.* until .*the demo"))
    dev.everywhere("home-1-kept")
    home.get_by_role("button", name="Back to schedule staging").click()
    expect(modal).to_contain_text("Follow it in #staging")
    modal.get_by_role("button", name="Close", exact=True).click()
    expect(home).not_to_contain_text("kept on by Dev")


def _choose(field: Locator, name: str) -> None:
    """Type until the bot offers the option: the bot looks up unknown names and offers them at the next
    letter.
    """
    expect(field).to_be_focused()
    offered = field.locator("xpath=..").locator(f'datalist option[value="{name}"]')

    def typed() -> bool:
        field.press("Control+A")
        field.press_sequentially(name)
        try:
            offered.wait_for(state="attached", timeout=1_000)
        except TimeoutError:
            return False
        return True

    until(f"{name} is offered", typed)
