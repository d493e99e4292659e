"""Refusals and mistakes: explained in words, to the person who asked and to nobody else."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Opens
from tests.browser.screen import Screen

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_vic_is_refused_in_words_that_only_vic_sees(sees: Opens) -> None:
    dev, vic = sees("U0DEV"), sees("U0VIC")
    told = vic.says("/env restart staging orders-api")
    expect(told).to_contain_text("refused")
    expect(told).to_contain_text("needs developer on staging; you have viewer")
    expect(told).to_contain_text("Ada Ames can grant it")
    _only_they_see_it(told, dev)
    vic.picture("refused")


def test_ada_is_told_that_production_is_closed_and_how_it_is_opened(sees: Opens) -> None:
    ada, dev = sees("U0ADA"), sees("U0DEV")
    told = ada.says("/env restart production orders-api")
    expect(told).to_contain_text("production is closed")
    expect(told).to_contain_text("open_to")
    _only_they_see_it(told, dev)
    ada.picture("production-is-closed")


def test_a_typing_error_is_answered_with_the_nearest_command(sees: Opens) -> None:
    dev, vic = sees("U0DEV"), sees("U0VIC")
    told = dev.says("/env restrat staging orders-api")
    expect(told).to_contain_text("There is no command restrat.")
    expect(told).to_contain_text("/env restart staging orders-api")
    _only_they_see_it(told, vic)
    dev.picture("typing-error")


def _only_they_see_it(told: Locator, other: Screen) -> None:
    expect(told).to_contain_text("Only visible to you")
    other.says("/env whoami")  # every earlier message is on their page by now
    expect(other.at(told.get_attribute("data-ts") or "")).to_have_count(0)
