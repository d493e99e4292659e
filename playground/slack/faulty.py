"""Carries out ordered faults on a call that passes through here."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from aiohttp import web

from playground.faults import Faults, Phase, Rule
from playground.slack.words import Json


class Dropped(Exception):
    """The call is to end without an answer."""


@dataclass(frozen=True)
class Struck:
    """The answer that a fault gives in place of the real one."""

    body: Json
    status: int = 200
    retry_after: int | None = None


async def strike(faults: Faults, method: str, phase: Phase, arguments: object = None) -> Struck | None:
    """Carry out the fault that is ordered for this call and phase; ``None`` means go on as usual."""
    return await carry_out(faults, faults.at(method, phase, arguments))


async def carry_out(faults: Faults, rule: Rule | None) -> Struck | None:
    """Delay, hold, drop (raises ``Dropped``) or answer falsely. The sender takes care of a duplicate."""
    if rule is None or rule.kind == "duplicate":
        return None
    match rule.kind:
        case "delay":
            await asyncio.sleep(rule.seconds)
            return None
        case "hold":
            if await asyncio.to_thread(faults.hold, rule):
                raise Dropped
            return None
        case "status" | "error":
            return _false_answer(rule)
        case _:
            raise Dropped


def _false_answer(rule: Rule) -> Struck:
    if rule.kind == "error":
        return Struck({"ok": False, "error": rule.code or "internal_error"})
    limited = rule.status == 429
    error = rule.code or ("ratelimited" if limited else "internal_error")
    return Struck({"ok": False, "error": error}, rule.status, rule.retry_after or (1 if limited else None))


def cut(request: web.Request) -> web.StreamResponse:
    """Close the caller's connection without a word."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
