"""The first minute: the page says what it is, and the bot says what it can do."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import PICTURES, Opens
from tests.browser.screen import opened
from tests.scenarios.control import Control

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_a_newcomer_reads_that_the_page_is_a_simulation_and_what_to_type(sees: Opens) -> None:
    dev = sees("U0DEV")
    expect(dev.page.get_by_role("banner").first).to_contain_text("Simulated Slack and AWS.")
    expect(dev.page.get_by_role("heading", name="# staging")).to_be_visible()
    expect(dev.page.get_by_role("group", name="Commands to try")).to_be_visible()
    dev.picture("newcomer-1-opens-the-page")
    told = dev.says("/env help")
    expect(told).to_contain_text("Only visible to you")
    expect(told).to_contain_text("/env restart staging orders-api")
    dev.picture("newcomer-2-help")


def test_a_channel_in_which_nothing_was_said_offers_commands(sees: Opens) -> None:
    dev = sees("U0DEV")
    dev.goes_to("general")
    expect(dev.page.get_by_text("Nothing here yet.")).to_be_visible()


def test_the_app_home_shows_a_persons_own_environments_and_rights(
    browser: Browser, weekend: tuple[str, Control]
) -> None:
    """The meter sees what is up, so a playground without a meter would not do."""
    with opened(browser, weekend[0], "U0DEV", PICTURES) as dev:
        dev.goes_to("App Home")
        home = dev.page.get_by_role("region", name="App Home")
        expect(home).to_contain_text("2 environments you may view")
        expect(home).to_contain_text("up of 5")
        expect(home.get_by_role("button", name="Restart… qa-eu")).to_be_visible()
        expect(home).to_contain_text("Who can give you more: @ada")
        expect(home).not_to_contain_text("production")
        dev.picture("app-home")
