"""The log is JSON, one object a line, without secrets; a process of its own proves it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

PROGRAM = """
import logging, sys
import structlog
from bot.logging_setup import set_up

set_up("{level}", known=("squeamish ossifrage",))
{body}
"""


def logged(body: str, level: str = "info") -> list[dict[str, Any]]:
    program = PROGRAM.format(level=level, body=body)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_an_event_keeps_what_it_was_given() -> None:
    [line] = logged("structlog.get_logger().info('audit', seq=7, hash='ab' * 32, whole=True)")
    assert (line["event"], line["level"], line["seq"], line["hash"]) == ("audit", "info", 7, "ab" * 32)
    assert line["whole"] is True
    assert line["timestamp"].endswith("Z")


def test_secrets_are_hidden_by_shape_by_name_and_by_value() -> None:
    lines = logged(
        "log = structlog.get_logger('x')\n"
        "log.info('a', told='Bearer abcdefghijklmnop1234')\n"
        "log.info('b', password='swordfish99', inner={'token': 'swordfish99'})\n"
        "log.info('c squeamish ossifrage', error=ValueError('squeamish ossifrage'))\n"
        "told = 'squeamish ossifrage'\n"
        "logging.getLogger('other').warning('d %s', told, extra={'also': told})\n"
    )
    text = json.dumps(lines)
    assert len(lines) == 4
    for secret in ("abcdefghijklmnop1234", "swordfish99", "squeamish"):
        assert secret not in text


def test_a_traceback_is_in_the_line_and_redacted() -> None:
    body = "try:\n    raise ValueError('password=swordfish99')\nexcept ValueError:\n    {how}\n"
    bolt = "from bot.slack.redacting import quiet_logger; quiet_logger(()).exception('broke')"
    ours = "structlog.get_logger().exception('broke')"
    for how in (ours, "logging.getLogger('other').exception('broke')", bolt):
        [line] = logged(body.format(how=how))
        assert "ValueError" in line["exception"]
        assert "swordfish99" not in line["exception"]


def test_an_exception_that_ends_a_thread_is_logged_with_a_redacted_traceback() -> None:
    [line] = logged(
        "import threading\n"
        "def ends():\n    raise ValueError('password=swordfish99')\n"
        "thread = threading.Thread(target=ends, name='the-thread')\nthread.start()\nthread.join()\n"
    )
    assert (line["level"], line["thread"]) == ("error", "the-thread")
    assert "ValueError" in line["exception"]
    assert "swordfish99" not in line["exception"]


def test_chatty_libraries_are_kept_down_even_when_we_are_not() -> None:
    lines = logged(
        "for name in ('botocore.hooks', 'slack_sdk', 'urllib3', 'apscheduler.scheduler'):\n"
        "    logging.getLogger(name).info('chatter')\n"
        "logging.getLogger('ours').debug('heard')\n",
        level="debug",
    )
    assert [line["event"] for line in lines] == ["heard"]


def test_importing_the_module_changes_nothing() -> None:
    program = "import logging, bot.logging_setup; print(logging.getLogger().handlers)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]"


def test_links_of_the_audit_chain_are_logged_at_any_level() -> None:
    body = (
        "structlog.get_logger('lamplighter.audit').info('audit', seq=7)\n"
        "structlog.get_logger('x').info('chatter')"
    )
    assert [line["event"] for line in logged(body, level="error")] == ["audit"]
