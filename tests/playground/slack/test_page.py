"""The page in a real browser, against a control API with canned answers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from playground.slack import page as page_files
from tests import waiting
from tests.browser.chromium import context_of
from tests.browser.screen import PATIENCE
from tests.playground.slack.stand_in import MODAL, StandIn, serving

CHROMIUM = next(
    (path for path in ("/usr/bin/chromium", shutil.which("chromium")) if path and Path(path).exists()), None
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
pytestmark = pytest.mark.browser
DAYS, SAID = ["Tuesday 14 November", "Wednesday 15 November"], ["first", "same day", "the next"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip(
            "NO CHROMIUM: the page is NOT tested. Install chromium (neither /usr/bin/chromium nor on PATH)"
        )
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def slack() -> Iterator[StandIn]:
    stand_in = StandIn()
    with serving(stand_in):
        yield stand_in


@pytest.fixture
def page(browser: Browser, slack: StandIn) -> Iterator[Page]:
    yield from opened(browser, slack)


@pytest.fixture
def phone(browser: Browser, slack: StandIn) -> Iterator[Page]:
    yield from opened(browser, slack, width=390, height=844)


def opened(browser: Browser, slack: StandIn, *, width: int = 1280, height: int = 800) -> Iterator[Page]:
    """Yield the loaded page; any error on its console fails the test."""
    shown = context_of(browser, width, height).new_page()
    shown.set_default_timeout(PATIENCE)
    wrong: list[str] = []
    shown.on("pageerror", lambda error: wrong.append(str(error)))
    shown.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    slack.listened_to.clear()
    shown.goto(slack.url)
    expect(shown.get_by_label("Bot state")).to_have_text("Bot ready")
    assert slack.listened_to.wait(waiting.PATIENCE)
    yield shown
    shown.close()
    assert wrong == []


def say(page: Page, text: str) -> None:
    page.get_by_label("Message").fill(text)
    page.get_by_label("Message").press("Enter")


def release(slack: StandIn) -> None:
    slack.loop.call_soon_threadsafe(slack.release.set)


def test_the_page_says_that_it_simulates(page: Page) -> None:
    expect(page.get_by_role("banner")).to_contain_text(
        "Simulated Slack and AWS. Nothing here touches a real account."
    )


def test_a_typed_command_is_sent_as_the_person_and_from_the_channel_shown(page: Page, slack: StandIn) -> None:
    say(page, "/env help")
    expect(page.get_by_role("log")).to_contain_text("You said /env help")
    expect(page.get_by_text("Only visible to you")).to_be_visible()
    expect(page.get_by_text("Acknowledged in 12 ms.")).to_be_visible()
    assert slack.sent("/playground/command") == [
        {"user": "U0DEV", "channel": "C0STAGING", "text": "/env help"}
    ]


def test_typed_text_stands_above_its_answer_for_its_author_alone(page: Page, slack: StandIn) -> None:
    slack.post("C0STAGING", "before")
    say(page, "/env restart staging orders-api")
    items = page.get_by_role("log").get_by_role("listitem")
    expect(items.filter(has_text="before")).to_be_visible()
    expect(items.nth(-2)).to_contain_text("Dev Das typed /env restart staging orders-api")
    expect(items.nth(-1)).to_contain_text("healthy after 38 s")
    page.get_by_label("Acting as").select_option("U0VIC")
    expect(items.nth(-1)).to_contain_text("healthy after 38 s")
    expect(page.get_by_text("Dev Das typed")).to_have_count(0)


def test_each_day_stands_above_what_was_said_on_it(page: Page, slack: StandIn) -> None:
    """The days are Berlin's: the last message comes after midnight there, but before midnight in UTC."""
    for ts, text in (("1700000000", "first"), ("1700000600", "same day"), ("1700003600", "the next")):
        slack.post("C0STAGING", text, ts=f"{ts}.000100")
    expect(page.get_by_text("the next")).to_be_visible()
    words = [item.inner_text() for item in page.get_by_role("log").get_by_role("listitem").all()]
    told = [next(part for part in (DAYS + SAID) if part in word) for word in words]
    assert told == [DAYS[0], *SAID[:2], DAYS[1], SAID[2]]
    expect(page.get_by_role("heading", name=DAYS[1])).to_be_visible()


def test_the_evening_button_moves_to_the_notice_and_then_to_the_stop(page: Page, slack: StandIn) -> None:
    clock = page.get_by_role("group", name="Move the clock")
    expect(clock).to_contain_text("Sat 21 Nov, 20:00")
    slack.then = "2026-11-23T18:30:00+00:00"
    clock.get_by_role("button", name="evening 19:30").click()
    expect(clock).to_contain_text("Mon 23 Nov, 19:30")
    expect(page.get_by_text("It is Mon 23 Nov, 19:30 in Berlin now.")).to_be_visible()
    with page.expect_response("**/playground/clock"):
        clock.get_by_role("button", name="evening 20:00").click()
    with page.expect_response("**/playground/clock"):
        clock.get_by_role("button", name="morning 08:00").click()
    assert [sent["next"] for sent in slack.sent("/playground/clock")] == ["19:30", "20:00", "08:00"]


def test_text_that_is_not_a_command_is_not_sent_and_the_page_says_why(page: Page, slack: StandIn) -> None:
    say(page, "hello")
    expect(page.get_by_text("the playground only sends slash commands")).to_be_visible()
    expect(page.get_by_label("Message")).to_have_value("hello")
    assert slack.sent("/playground/command") == []


def test_arrow_up_brings_back_earlier_commands(page: Page) -> None:
    for text in ("/env list", "/env help"):
        say(page, text)
        expect(page.get_by_role("log")).to_contain_text(f"You said {text}")
    box = page.get_by_label("Message")
    box.press("ArrowUp")
    box.press("ArrowUp")
    expect(box).to_have_value("/env list")
    box.press("ArrowDown")
    expect(box).to_have_value("/env help")


def test_a_suggestion_is_sent_with_one_press(page: Page, slack: StandIn) -> None:
    page.get_by_role("button", name="/env restart staging orders-api").click()
    expect(page.get_by_role("log")).to_contain_text("healthy after 38 s")
    assert slack.sent("/playground/command")[0]["text"] == "/env restart staging orders-api"


def test_acting_as_another_person_shows_what_that_person_sees(page: Page, slack: StandIn) -> None:
    say(page, "/env help")
    expect(page.get_by_text("You said")).to_be_visible()
    page.get_by_label("Acting as").select_option("U0VIC")
    expect(page.get_by_text("viewer on staging", exact=True)).to_be_visible()
    expect(page.get_by_text("You said")).to_have_count(0)
    say(page, "/env list")
    expect(page.get_by_role("log")).to_contain_text("You said /env list")
    assert slack.sent("/playground/command")[-1]["user"] == "U0VIC"


def test_a_channel_opens_by_name_and_unread_channels_are_marked(page: Page, slack: StandIn) -> None:
    slack.post("C0OPS", "elsewhere")
    expect(page.get_by_role("link", name="platform-ops")).to_have_class("unread")
    page.get_by_role("link", name="platform-ops").click()
    expect(page.get_by_role("heading", name="# platform-ops")).to_be_visible()
    expect(page.get_by_role("log")).to_contain_text("elsewhere")
    page.get_by_role("link", name="shared").click()
    expect(page.get_by_text("Shared with another company")).to_be_visible()


def test_a_message_is_edited_in_place_and_a_reply_stands_below_its_parent(page: Page, slack: StandIn) -> None:
    first = slack.post("C0STAGING", "restarting")
    slack.post("C0STAGING", "later")
    slack.post("C0STAGING", "detail", thread_ts=first)
    items = page.get_by_role("log").locator(".message")
    expect(items).to_have_count(3)
    slack.edit(first, "healthy after 38 s")
    expect(items.nth(0)).to_contain_text("healthy after 38 s")
    expect(items.nth(0)).to_contain_text("(edited)")
    expect(items.nth(1)).to_contain_text("detail")
    expect(items.nth(2)).to_contain_text("later")


def test_a_button_asks_first_and_sends_only_after_yes(page: Page, slack: StandIn) -> None:
    say(page, "/env restart staging orders-api")
    page.get_by_role("button", name="Restart again").click()
    dialog = page.get_by_role("dialog", name="Restart orders-api?")
    expect(dialog.locator("strong")).to_have_text("orders-api")
    dialog.get_by_role("button", name="Keep it").click()
    expect(dialog).to_be_hidden()
    assert slack.sent("/playground/click") == []
    page.get_by_role("button", name="Restart again").click()
    with page.expect_response("**/playground/click"):
        dialog.get_by_role("button", name="Restart", exact=True).click()
    (sent,) = slack.sent("/playground/click")
    assert (sent["action_id"], sent["block_id"], sent["value"]) == ("again", "offers", "o-1")
    assert (sent["user"], sent["channel"], sent["ts"]) == ("U0DEV", "C0STAGING", slack.messages[0]["ts"])


def test_buttons_are_disabled_while_a_press_is_on_its_way(page: Page, slack: StandIn) -> None:
    say(page, "/env restart staging orders-api")
    page.get_by_role("button", name="Show logs").click()
    expect(page.get_by_role("button", name="Restart again")).to_be_disabled()
    expect(page.get_by_role("button", name="Show logs")).to_be_disabled()
    release(slack)
    expect(page.get_by_role("button", name="Show logs")).to_be_enabled()
    assert len(slack.sent("/playground/click")) == 1


def test_the_focus_stays_on_a_button_whose_message_is_edited(page: Page, slack: StandIn) -> None:
    say(page, "/env restart staging orders-api")
    button = page.get_by_role("button", name="Show logs")
    button.focus()
    slack.messages[0]["edited"] = {"ts": "1"}
    slack.tell("message", "C0STAGING")
    expect(page.get_by_text("(edited)")).to_be_visible()
    expect(button).to_be_focused()


def test_a_command_without_acknowledgement_is_reported_in_words(page: Page, slack: StandIn) -> None:
    slack.failure = "/env failed because the app did not respond."
    say(page, "/env help")
    expect(page.get_by_text("/env help was not acknowledged.")).to_be_visible()


def test_sending_is_disabled_while_a_command_is_on_its_way(page: Page, slack: StandIn) -> None:
    say(page, "/env slow")
    expect(page.get_by_role("button", name="Send")).to_be_disabled()
    expect(page.get_by_text("Sending…")).to_be_visible()
    release(slack)
    expect(page.get_by_role("button", name="Send")).to_be_enabled()


def test_a_modal_is_filled_in_refused_with_words_and_then_accepted(page: Page, slack: StandIn) -> None:
    say(page, "/env open")
    modal = page.get_by_role("dialog", name="Restart a service")
    modal.get_by_role("button", name="Restart", exact=True).click()
    expect(modal.get_by_text("Please fill in this field.")).to_have_count(3)
    assert slack.sent("/playground/submit") == []
    modal.get_by_label("Service").select_option("web")
    modal.get_by_label("Environment").fill("sta")
    expect(modal.locator("datalist option")).to_have_count(1)
    modal.get_by_label("Environment").fill("staging")
    modal.get_by_label("Reason").fill("no")
    modal.get_by_role("button", name="Restart", exact=True).click()
    expect(modal.get_by_text("Please say why.")).to_be_visible()
    expect(modal.get_by_label("Service")).to_have_value("web")
    modal.get_by_label("Reason").fill("stuck")
    modal.get_by_role("button", name="Restart", exact=True).click()
    expect(modal).to_be_hidden()
    values = slack.sent("/playground/submit")[-1]["values"]
    assert values["service"] == {"pick": "web"}
    assert values["environment"]["env"]["value"] == "E1"
    assert values["why"] == {"text": "stuck"}
    assert slack.sent("/playground/options")[0]["query"] == "sta"


def test_escape_closes_a_modal_and_tells_the_server(page: Page, slack: StandIn) -> None:
    slack.modals = [MODAL]
    slack.tell("view")
    modal = page.get_by_role("dialog", name="Restart a service")
    expect(modal).to_be_visible()
    with page.expect_response("**/playground/close"):
        page.keyboard.press("Escape")
    expect(modal).to_be_hidden()
    assert slack.sent("/playground/close") == [{"user": "U0DEV", "view_id": "V0"}]


def test_the_app_home_is_shown_and_the_bot_is_told_that_it_was_opened(page: Page, slack: StandIn) -> None:
    page.get_by_role("link", name="App Home").click()
    expect(page.get_by_role("heading", name="Your environments")).to_be_visible()
    page.get_by_role("link", name="Lamplighter").click()
    expect(page.get_by_role("heading", name="Your environments")).to_be_hidden()
    assert slack.sent("/playground/event") == [{"type": "app_home_opened", "user": "U0DEV", "tab": "home"}]


def test_the_inspector_shows_traffic_and_steers_clock_and_bot(page: Page, slack: StandIn) -> None:
    page.get_by_role("button", name="Inspector").click()
    inspector = page.get_by_role("complementary", name="Inspector")
    expect(inspector).to_contain_text("4711")
    expect(inspector).to_contain_text("invalid_blocks")
    inspector.get_by_text("chat.postMessage").click()
    expect(inspector).to_contain_text("/text: missing fallback text")
    for name in ("+10 min", "+1 h", "Kill bot", "Start bot"):
        with page.expect_response("**/playground"):
            inspector.get_by_role("button", name=name).click()
    assert slack.sent("/playground/clock") == [{"advance": 600}, {"advance": 3600}]
    assert slack.sent("/playground/bot") == [{"signal": "KILL"}, {"start": True}]
    inspector.get_by_role("button", name="Close panel").click()
    expect(inspector).to_be_hidden()


def test_the_log_stays_at_its_end_unless_somebody_reads_further_up(page: Page, slack: StandIn) -> None:
    for number in range(30):
        slack.post("C0STAGING", f"message {number}")
    expect(page.get_by_text("message 29")).to_be_in_viewport()
    page.locator("#pane").evaluate("pane => { pane.scrollTop = 0; }")
    slack.post("C0STAGING", "message 30")
    expect(page.get_by_text("message 30")).to_be_attached()
    expect(page.get_by_text("message 30")).not_to_be_in_viewport()


def test_nothing_is_wider_than_a_phone(phone: Page, slack: StandIn) -> None:
    say(phone, "/env restart staging orders-api")
    expect(phone.get_by_role("button", name="Restart again")).to_be_in_viewport()
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    assert phone.evaluate("document.querySelector('#pane').scrollWidth") <= 390
    expect(phone.get_by_role("button", name="Send")).to_be_in_viewport()


def test_markup_in_a_message_is_text_and_never_runs(page: Page, slack: StandIn) -> None:
    slack.post("C0STAGING", "<img src=x onerror=alert(1)> &lt;script&gt;alert(2)&lt;/script&gt;")
    expect(page.get_by_role("log")).to_contain_text("<script>alert(2)</script>")
    assert page.get_by_role("log").locator("script, img").count() == 0


def test_every_control_has_a_name(page: Page, slack: StandIn) -> None:
    say(page, "/env restart staging orders-api")
    page.get_by_role("button", name="Inspector").click()
    expect(page.get_by_role("button", name="Restart again")).to_be_visible()
    controls = page.get_by_role("button").or_(page.get_by_role("textbox")).or_(page.get_by_role("combobox"))
    snapshots = [control.aria_snapshot() for control in controls.all()]
    assert len(snapshots) > 12
    assert [each for each in snapshots if '"' not in each.split("\n")[0]] == []


def test_only_the_pages_own_files_are_served() -> None:
    assert {route.path for route in page_files.routes(None)} == {"/", "/static/{name}"}
    assert {path.name for path in page_files.STATIC.iterdir()} == set(page_files.FILES)
    for path in page_files.STATIC.iterdir():
        addresses = path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "http://" not in addresses
        assert "https://" not in addresses


def test_a_shortcut_is_used_from_the_menu_of_a_message(page: Page, slack: StandIn) -> None:
    slack.post("C0STAGING", "`web` was not restarted")
    message = page.get_by_role("log").get_by_role("listitem").filter(has_text="was not restarted")
    message.get_by_label("More actions").select_option("why")
    expect(page.get_by_text("Acknowledged in")).to_be_visible()
    _, order = next(call for call in slack.calls if call[0] == "/playground/shortcut")
    assert (order["action_id"], order["channel"], order["user"]) == ("why", "C0STAGING", "U0DEV")
    assert order["ts"] == message.get_attribute("data-ts")
