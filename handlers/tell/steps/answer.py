"""Composes what is said of an answer to a finding, and of an owner that was set or removed."""

from __future__ import annotations

from datetime import datetime, tzinfo

from handlers.tell.evidence import day
from handlers.tell.orphans import given
from policies.orphans.answers import Answer, Reply


def stands(environment: str, answer: Answer, now: datetime, zone: tzinfo) -> str:
    it = f"`{environment}`"
    match answer.reply:
        case Reply.KEPT:
            why = f": {answer.reason}" if answer.reason else ""
            until = f"{day(answer.until, now, zone)}{why}"
            return f"{it} is kept until {until}. Nobody is asked about it before then."
        case Reply.NOT_MINE:
            return f"{answer.by_name} says that {it} is not theirs."
    return f"{it}: {given(answer, now, zone)}."


def overtaken(answer: Answer | None, now: datetime, zone: tzinfo) -> str:
    if answer is None:
        return "it no longer looks orphaned, so there was nothing to answer."
    return f"somebody answered first: {given(answer, now, zone)}."


def owned(environment: str, name: str) -> str:
    return f"{name} is the owner of `{environment}` now: the person to ask, with no more rights than before."


def disowned(environment: str, name: str) -> str:
    return f"{name} is no longer the owner of `{environment}`."


def other_owner() -> str:
    return "its owner was changed meanwhile, and stays as it is."
