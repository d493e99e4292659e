"""Restarts as different people see them: the person who asked, others in the channel, somebody on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from policies.record.joining import WITHIN
from tests.browser.conftest import Opens
from tests.browser.screen import PHONE
from tests.scenarios.control import Control
from tests.scenarios.world import LONG, World
from tests.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
RESTARTING = re.compile(r"restarting", re.IGNORECASE)
HEALTHY = re.compile(r"healthy after \d")
DONE = re.compile(r"(restarted|redeployed) in staging.*healthy after \d.*, done after \d", re.DOTALL)
"""The times are seconds, or minutes on a busy machine: the world runs ten times as fast as real time."""


@pytest.fixture(autouse=True)
def _a_minute_later(control: Control) -> None:
    """So that no restart joins the message of the one before."""
    control.post("/clock", {"advance": WITHIN.total_seconds()})


def test_a_restart_goes_from_restarting_to_healthy_by_itself_before_everybodys_eyes(sees: Opens) -> None:
    dev, vic = sees("U0DEV"), sees("U0VIC")
    message = dev.says("/env restart staging orders-api")
    expect(message).to_contain_text(RESTARTING)
    also = vic.at(message.get_attribute("data-ts") or "")
    expect(also).to_contain_text("orders-api")
    dev.picture("restart-1-restarting")
    expect(message).to_contain_text(DONE)
    expect(message).to_contain_text("· Dev Das")
    expect(message).not_to_contain_text("Only visible to you")
    expect(also).to_contain_text(DONE)
    dev.picture("restart-2-healthy")
    vic.picture("restart-3-as-vic-sees-it")


def test_a_moved_tag_is_asked_about_and_the_new_image_is_deployed_at_a_press(
    sees: Opens, control: Control
) -> None:
    world = World(control)
    pushed = world.order("push", repository="web", tag="latest")["digest"].removeprefix("sha256:")[:12]
    (runs,) = {digest.removeprefix("sha256:")[:12] for digest in world.digests("staging", "web")}
    dev = sees("U0DEV")
    question = dev.says("/env restart staging web")
    expect(question).to_contain_text("needs confirmation")
    expect(question).to_contain_text(pushed)
    expect(question).to_contain_text(runs)
    expect(question.get_by_role("button")).to_have_text(["Redeploy the new image", "Restart the same image"])
    dev.picture("moved-tag-1-question")
    deployed = world.deploys("staging", "web")
    message = dev.presses(question, "Redeploy the new image")
    expect(message).to_contain_text(DONE)
    dev.picture("moved-tag-2-redeployed")
    assert world.deploys("staging", "web") == deployed + 1
    assert {digest.removeprefix("sha256:")[:12] for digest in world.digests("staging", "web")} == {pushed}


def test_a_double_press_deploys_once(sees: Opens, control: Control) -> None:
    world = World(control)
    world.order("push", repository="web", tag="latest")
    deployed = world.deploys("staging", "web")
    dev = sees("U0DEV")
    question = dev.says("/env restart staging web")
    message = dev.presses(question, "Redeploy the new image", times=2)
    expect(message).to_contain_text(DONE)
    dev.picture("double-press")
    assert world.deploys("staging", "web") == deployed + 1


def test_failing_tasks_are_reported_with_their_reason_and_their_log_without_its_secret(
    sees: Opens,
) -> None:
    dev = sees("U0DEV")
    message = dev.says("/env restart staging broken-api")
    expect(message).to_contain_text(
        "broken-api failed to start in staging: exit code 1, DATABASE_URL is missing"
    )
    thread = dev.thread_of(message)
    expect(thread).to_contain_text("Essential container in task exited")
    expect(thread).to_contain_text("FATAL: missing environment variable DATABASE_URL")
    expect(thread).to_contain_text("password=[redacted]")
    expect(thread).not_to_contain_text("playground-not-a-secret")
    dev.everywhere("failed")


def test_a_restart_can_be_asked_for_and_read_on_a_phone(sees: Opens) -> None:
    dev = sees("U0DEV", PHONE)
    message = dev.says("/env restart staging billing-api")
    expect(message).to_contain_text(HEALTHY)
    expect(message).to_be_in_viewport()
    dev.picture("phone")
    wide = dev.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE[0]


def test_a_bot_that_was_killed_finishes_its_message_when_it_is_started_again(
    sees: Opens, control: Control
) -> None:
    slow = {"cluster": "staging", "service": "worker", "behave": {"slow": LONG}}
    World(control).order("service.behave", **slow)
    dev = sees("U0DEV")
    page = dev.page
    page.get_by_role("button", name="Inspector").click()
    message = dev.says("/env restart staging worker")
    until("its deployment has begun", lambda: World(control).deploys("staging", "worker") == 1)
    expect(message).to_contain_text(RESTARTING)
    page.get_by_role("button", name="Kill bot").click()
    expect(page.get_by_label("Bot state")).to_have_text("Bot ended")
    expect(message).to_contain_text(RESTARTING)
    dev.picture("killed-1-ended")
    page.get_by_role("button", name="Start bot").click()
    expect(page.get_by_label("Bot state")).to_have_text("Bot ready")
    control.post("/clock", {"advance": LONG})
    expect(message).to_contain_text(re.compile("restarted in staging.*running after"))
    dev.picture("killed-2-finished")
    assert World(control).deploys("staging", "worker") == 1


def test_several_restarts_in_a_row_are_one_message_with_a_line_and_a_menu_entry_for_each(sees: Opens) -> None:
    dev = sees("U0DEV")
    message = dev.says("/env restart staging orders-api")
    dev.types("/env restart staging broken-api")
    expect(message).to_contain_text("broken-api failed to start: exit code 1, DATABASE_URL is missing")
    expect(message).to_contain_text("1 of 2 services restarted in staging · Dev Das")
    expect(message.locator(".overflow option")).to_contain_text(["⋯", "orders-api", "broken-api"])
    expect(dev.thread_of(message)).to_contain_text("broken-api: ")
    dev.everywhere("together")
