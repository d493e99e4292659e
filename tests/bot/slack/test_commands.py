from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.slack.edge import BUSY
from bot.slack.work import WorkPool
from handlers.words.message import Field, Fields, Log, Table, Text
from handlers.words.request import Request
from handlers.words.result import Answer, Refusal, Reply, Report, Standing
from policies.access.decision import refuse
from policies.record.lifecycle import State
from tests.bot.slack.peer import until
from tests.bot.slack.rig import Bot
from tests.bot.slack.rows import record
from tests.golden import Golden
from tests.waiting import PATIENCE


def test_help_is_answered_to_the_person_alone(bot: Bot) -> None:
    answered = bot.peer.type("/env help")
    assert answered["status"] == 200
    assert answered["response"] is None
    message = until(lambda: bot.peer.seen())[0]
    assert message["ephemeral"]
    assert message["text"] == "Lamplighter operates things."
    assert bot.gate.asked[0].operation == "help"
    assert bot.gate.asked[0].actor.id == "slack:T0HOME:U0DEV"


def test_the_request_says_who_where_and_which_delivery(bot: Bot) -> None:
    bot.peer.type("/env restart staging orders–api", channel="C0OPS")
    request = until(lambda: bot.gate.asked)[0]
    assert (request.operation, request.environment, request.target) == ("restart", "staging", "orders-api")
    assert (request.source, request.channel, request.channel_shared) == ("slash", "C0OPS", False)
    assert request.delivery.startswith("trigger_id:")


def test_the_word_payload_works_over_http_as_over_the_socket(bot: Bot) -> None:
    """Fails without the rebuilt body: Bolt reads a form with the word payload in it as empty, and answers
    404.
    """
    answered = bot.peer.type("/env restart staging payload-api")
    assert answered["status"] == 200
    assert until(lambda: bot.gate.asked)[0].target == "payload-api"


@pytest.mark.parametrize(
    "text", ["restrat staging web", "🎉", "<!channel>", "x" * 3_000, "@dev", "scale staging"]
)
def test_an_unreadable_command_is_reported_and_never_reaches_the_gate(http_bot: Bot, text: str) -> None:
    assert http_bot.peer.type(f"/env {text}")["status"] == 200
    message = until(lambda: http_bot.peer.seen())[0]
    assert message["ephemeral"]
    assert message["text"].startswith("not understood: ")
    assert "Try: `/env " in message["text"]
    assert "<!" not in message["text"]
    assert http_bot.gate.asked == []


def test_the_gate_is_asked_which_service_is_meant_if_none_is_named(http_bot: Bot) -> None:
    http_bot.peer.type("/env restart staging")
    until(lambda: http_bot.gate.asked)
    (asked,) = http_bot.gate.asked
    assert (asked.operation, asked.environment, asked.target) == ("restart", "staging", "")


def test_an_environment_need_not_be_named_in_its_own_channel(http_bot: Bot) -> None:
    http_bot.peer.type("/env please restart the web")
    until(lambda: http_bot.gate.asked)
    (asked,) = http_bot.gate.asked
    assert (asked.operation, asked.environment, asked.target) == ("restart", "staging", "web")


@pytest.mark.parametrize(
    ("says", "told"), [("2 of 2 are healthy.", True), ("staging: 2 of 2 are healthy.", False)]
)
def test_an_answer_names_the_environment_that_the_channel_stands_for(
    http_bot: Bot, says: str, told: bool
) -> None:
    http_bot.gate.says = lambda _: Answer(says)
    http_bot.peer.type("/env status")
    answered = until(lambda: http_bot.peer.seen())[0]
    assert ("the environment of this channel" in str(answered["blocks"])) is told


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("status", True),
        ("status web", True),
        ("restart web", True),
        ("status staging", False),
        ("status web in staging", False),
        ("status #staging web", False),
        ("status environment=staging", False),
        ("audit env=staging", False),
        ("staging status", False),
    ],
)
def test_only_an_environment_that_was_not_typed_is_said_to_be_the_channels(
    http_bot: Bot, line: str, told: bool
) -> None:
    http_bot.gate.says = lambda _: Answer("2 of 2 are healthy.")
    http_bot.peer.type(f"/env {line}")
    answered = until(lambda: http_bot.peer.seen())[0]
    assert "2 of 2" in str(answered)
    assert http_bot.gate.asked[0].environment == "staging"
    assert ("the environment of this channel" in str(answered["blocks"])) is told


def test_a_corrected_command_has_a_button_and_runs_nothing_by_itself(http_bot: Bot) -> None:
    http_bot.peer.type("/env restrat staging web")
    told = until(lambda: http_bot.peer.seen())[0]
    (button,) = [e for block in told["blocks"] if block["type"] == "actions" for e in block["elements"]]
    assert (button["text"]["text"], button["value"]) == ("Run it", "offer-0")
    assert http_bot.gate.asked == []


def test_a_full_pool_says_so_in_the_acknowledgement(start: Callable[..., Bot]) -> None:
    bot, held = start(pool=WorkPool(threads=1, queue=0)), threading.Event()

    def slow(_: Request) -> Reply:
        held.wait(PATIENCE)
        return Answer("late")

    bot.gate.says = slow
    bot.peer.type("/env help")
    assert bot.gate.began.acquire(timeout=PATIENCE)
    answered = bot.peer.type("/env help")
    held.set()
    assert answered["response"] == {"text": BUSY} or BUSY in str(answered["response"])
    assert len(bot.gate.asked) == 1


def test_slow_answers_do_not_starve_acknowledgements(bot: Bot) -> None:
    """Fails with Bolt's five threads and work done in listeners: the sixth command gets 404 after 3 s."""
    held = threading.Event()

    def slow(_: Request) -> Reply:
        held.wait(PATIENCE)
        return Answer("late")

    bot.gate.says = slow
    acks = [bot.peer.type("/env help")["status"] for _ in range(20)]
    held.set()
    assert acks == [200] * 20, "while every answer was held"


def test_a_broken_gate_is_reported_in_words(http_bot: Bot) -> None:
    def broken(_: Request) -> Reply:
        raise RuntimeError("a defect")

    http_bot.gate.says = broken
    assert http_bot.peer.type("/env list")["status"] == 200
    assert "Something broke here" in until(lambda: http_bot.peer.seen())[0]["text"]


RUNS = Report("op-1", State.RUNNING, "Restarting `orders-api` in `staging` …")
IN_THE_WAY = Refusal(refuse("gate.busy", "Already running on `orders-api`."), in_the_way="op-1")


def _opens(bot: Bot, channel: str = "C0STAGING", says: Reply = RUNS) -> None:
    """Make the gate open an operation and show its message, as the real one does."""

    def opens(_: Request) -> Reply:
        bot.records.records["op-1"] = record("op-1")
        bot.rows.want("op-1", channel)
        bot.edge.messages.show("op-1")
        return says

    bot.gate.says = opens


def test_the_message_is_the_answer_in_the_environments_own_channel(bot: Bot) -> None:
    _opens(bot)
    bot.peer.type("/env restart staging orders-api")
    until(lambda: bot.peer.seen())
    bot.edge.pool.close(3)
    assert [m["ephemeral"] for m in bot.peer.seen()] == [False]


def test_a_person_who_asks_elsewhere_gets_the_link(bot: Bot) -> None:
    _opens(bot)
    bot.peer.type("/env restart staging orders-api", channel="C0OPS")
    told = until(lambda: bot.peer.seen(channel="C0OPS"))[0]
    ts = bot.rows.rows["op-1"].ts.replace(".", "")
    assert told["ephemeral"]
    assert f"/archives/C0STAGING/p{ts}" in str(told["blocks"])
    assert "<#C0STAGING>" in str(told["blocks"])


def test_a_person_who_asks_in_a_direct_message_gets_the_link(http_bot: Bot) -> None:
    _opens(http_bot)
    http_bot.peer.type("/env restart staging orders-api", channel="D0DEV")
    assert "/archives/C0STAGING/" in str(until(lambda: http_bot.peer.seen(channel="D0DEV"))[0]["blocks"])


def test_a_person_gets_the_answer_and_a_reason_in_a_channel_without_the_bot(bot: Bot, golden: Golden) -> None:
    _opens(bot, channel="C0GENERAL")
    bot.peer.type("/env restart staging orders-api", channel="C0GENERAL")
    told = until(lambda: bot.peer.seen(channel="C0GENERAL"))[0]
    assert told["ephemeral"]
    assert "Restarting" in told["text"]
    why = bot.rows.given_up["op-1"]
    assert why == golden(name="said")
    assert told["blocks"][-1]["elements"][0]["text"].endswith(f" {why}")


def test_a_running_operation_is_reported_even_in_the_channel_of_its_message(http_bot: Bot) -> None:
    _opens(http_bot, says=IN_THE_WAY)
    http_bot.peer.type("/env restart staging orders-api")
    told = until(lambda: [m for m in http_bot.peer.seen() if m["ephemeral"]])
    assert told[0]["text"].startswith("busy: ")
    assert "in this channel" in str(told[0]["blocks"])


def test_evidence_stays_out_of_channels_that_another_company_reads(http_bot: Bot) -> None:
    fields = Fields((Field("Health", "failed"),))
    http_bot.gate.says = lambda r: Answer(str(r.channel_shared), (fields, Log("Log", ("secret",))))
    http_bot.peer.type("/env status staging web", channel="C0SHARED")
    told = until(lambda: http_bot.peer.seen(channel="C0SHARED"))[0]
    assert told["text"] == "True"
    assert "secret" not in str(told)
    assert "another company" in str(told["blocks"])


def test_an_answer_of_log_lines_alone_says_there_that_they_are_not_shown(http_bot: Bot) -> None:
    http_bot.gate.says = lambda _: Answer("25 lines of web.", (Log("web", ("secret",)), Text(("More.",))))
    http_bot.peer.type("/env status staging web", channel="C0SHARED")
    told = until(lambda: http_bot.peer.seen(channel="C0SHARED"))[0]
    assert "another company" in told["text"]
    assert "secret" not in str(told) and "25 lines" not in str(told)


def test_a_rich_answer_passes_slacks_checks(http_bot: Bot) -> None:
    rows = tuple(("<!channel>", str(n)) for n in range(300))
    table = Table(("Service", "Tasks"), rows)
    http_bot.gate.says = lambda _: Answer("all", (Fields((Field("a", "b"),)), table, Log("e", ("x",))))
    http_bot.peer.type("/env status staging")
    told = until(lambda: http_bot.peer.seen())[0]
    assert {"table", "rich_text"} <= {block["type"] for block in told["blocks"]}


def test_a_response_address_that_fails_is_followed_by_an_ephemeral_message(http_bot: Bot) -> None:
    payload = {
        "command": "/env", "text": "help", "team_id": "T0HOME", "user_id": "U0DEV", "channel_id": "C0STAGING",
        "api_app_id": "A0LAMP", "trigger_id": "1.2",
        "response_url": f"{http_bot.peer.state.url}/response/none",
    }  # fmt: skip
    assert http_bot.peer.send("command", payload).ok
    assert "operates things" in until(lambda: http_bot.peer.seen())[0]["text"]
    assert http_bot.peer.calls("chat.postEphemeral")


def test_a_person_who_cannot_be_reached_in_the_channel_gets_a_direct_message(http_bot: Bot) -> None:
    payload = {
        "command": "/env", "text": "help", "team_id": "T0HOME", "user_id": "U0DEV", "channel_id": "C0GENERAL",
        "api_app_id": "A0LAMP", "trigger_id": "1.2",
    }  # fmt: skip
    assert http_bot.peer.send("command", payload).ok
    assert "operates things" in until(lambda: http_bot.peer.seen(channel="D0DEV"))[0]["text"]


def test_a_command_in_capitals_is_ours_too(http_bot: Bot) -> None:
    """Fails with an exact match: Bolt compares the command letter by letter."""
    payload = {
        "command": "/ENV", "text": "help", "team_id": "T0HOME", "user_id": "U0DEV", "channel_id": "C0STAGING",
        "api_app_id": "A0LAMP", "trigger_id": "1.2",
    }  # fmt: skip
    assert http_bot.peer.send("command", payload).ok


def test_an_ended_operation_is_shown_with_its_end_state(http_bot: Bot) -> None:
    http_bot.records.records["op-2"] = record("op-2", State.SUCCEEDED, "healthy after 38 s")
    http_bot.rows.want("op-2", "C0STAGING", final=True)
    http_bot.edge.messages.show("op-2")
    assert "succeeded" in http_bot.peer.seen()[0]["text"]


def test_an_operation_in_the_way_without_a_message_is_not_said_to_lack_a_channel(http_bot: Bot) -> None:
    """The running operation was asked for at a terminal: that says nothing about the channel of the person
    who asks now.
    """
    http_bot.records.records["op-1"] = replace(record("op-1"), source="console")
    http_bot.gate.says = lambda _: IN_THE_WAY
    http_bot.peer.type("/env restart staging orders-api")
    (told,) = until(lambda: http_bot.peer.seen())
    assert "Already running" in told["text"]
    assert "No channel" not in str(told["blocks"])


def test_an_operation_of_the_clock_is_linked_by_its_notice(http_bot: Bot) -> None:
    http_bot.records.records["op-1"] = replace(record("op-1"), source="clock")
    posted = http_bot.edge.web.call("chat.postMessage", channel="C0STAGING", text="stopping soon")
    notice = str(posted["ts"])
    http_bot.gate.says = lambda _: replace(IN_THE_WAY, told_by=Standing("C0STAGING", notice))
    http_bot.peer.type("/env restart staging orders-api")
    (told,) = until(lambda: [m for m in http_bot.peer.seen() if m["ephemeral"]])
    assert "Already running" in told["text"]
    assert f"/archives/C0STAGING/p{notice.replace('.', '')}" in str(told["blocks"])
