"""Tests of the word that leads a reply: *refused* is for what a person may not do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import handlers
import policies
from handlers.tell.reply import WORDS, status
from handlers.words.message import Status
from handlers.words.result import Refusal
from policies.access.decision import refuse

SOURCE = "\n".join(
    path.read_text()
    for ring in (handlers, policies)
    for path in Path(ring.__path__[0]).rglob("*.py")
    if path.name != "reply.py"
)


@pytest.mark.parametrize("rule", WORDS)
def test_every_rule_with_its_own_status_decides_something(rule: str) -> None:
    assert re.search(rf'"{re.escape(rule)}"', SOURCE)


@pytest.mark.parametrize(
    ("rule", "word"),
    [
        ("gate.busy", Status.BUSY),
        ("gate.offer", Status.OUT_OF_DATE),
        ("keep.time", Status.NOT_UNDERSTOOD),
        ("access.role", Status.REFUSED),
        ("safeguards.daemon", Status.NOT_POSSIBLE),
        ("overrides.longest", Status.NOT_POSSIBLE),
        ("overrides.ahead", Status.NOT_POSSIBLE),
        ("people.unknown", Status.NOT_NOW),
        ("people.guest", Status.REFUSED),
        ("owners.guest", Status.NOT_POSSIBLE),
        ("access.audit", Status.REFUSED),
        ("safeguards.production", Status.REFUSED),
        ("access.bounded", Status.REFUSED),
        ("tasks.unapproved", Status.NOT_FOUND),
        ("tasks.missing", Status.NOT_UNDERSTOOD),
        ("tasks.parameter", Status.NOT_UNDERSTOOD),
        ("tasks.no-parameter", Status.NOT_UNDERSTOOD),
        ("tasks.differs", Status.REFUSED),
        ("rollback.never-ran", Status.NOT_FOUND),
        ("rollback.stopped", Status.NOT_NOW),
        ("flush.empty", Status.NOT_UNDERSTOOD),
        ("flush.prefix", Status.REFUSED),
    ],
)
def test_only_what_a_person_may_not_do_is_refused(rule: str, word: Status) -> None:
    assert status(Refusal(refuse(rule, "It is so."))) is word


def test_a_missing_grant_has_the_same_status_as_a_missing_environment() -> None:
    assert WORDS["access.no-grant"] is WORDS["access.unknown-environment"]
