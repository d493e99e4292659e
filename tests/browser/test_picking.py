"""The picker behind a bare command, by keyboard alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, TimeoutError, expect

from tests.browser.conftest import Opens
from tests.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_a_restart_is_chosen_in_the_picker_by_keyboard(sees: Opens) -> None:
    dev = sees("U0DEV")
    page = dev.page
    page.get_by_label("Message", exact=True).fill("/env")
    page.keyboard.press("Enter")
    modal = page.get_by_role("dialog", name="Lamplighter")
    expect(modal.get_by_label("What")).to_be_focused()
    page.keyboard.type("restart")
    page.keyboard.press("Tab")
    _choose(modal.get_by_label("Environment"), "staging")
    page.keyboard.press("Tab")
    _choose(modal.get_by_label("Service"), "billing-api")
    dev.picture("picker-1-chosen")
    before = dev.newest_ts()
    page.keyboard.press("Enter")
    expect(modal).to_be_hidden()
    message = dev.newer_than(before)
    expect(message).to_contain_text(re.compile(r"Restart of billing-api in staging: healthy after \d"))
    dev.picture("picker-2-restarted")


def _choose(field: Locator, name: str) -> None:
    """Type until the bot offers it: what it does not know yet it looks up and offers at the next letter."""
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
