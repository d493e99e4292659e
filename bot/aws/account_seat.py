"""A seat in an account, for what belongs to no environment: list prices and the bill."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bot.aws.calls import Call
from bot.aws.errors import translated
from bot.aws.identity import Identity
from bot.aws.session import Identities
from bot.aws.throttle import Buckets, Standing
from handlers.words.errors import Throttled


@dataclass(frozen=True)
class AccountSeat:
    """Where and as whom AWS is called. A seat only reads, and takes nothing of the rate that is reserved for
    people.
    """

    identity: Identity
    region: str
    identities: Identities
    buckets: Buckets

    def client(self, service: str, action: str, *, once: bool = False) -> Any:
        """Return a client. Raise ``Trouble`` if no credentials can be had. ``once``: make a single attempt,
        because each attempt may be charged.
        """
        return self.identities.client(service, self.identity, self.region, action=action, once=once)

    @contextmanager
    def turn(self, call: Call, action: str) -> Iterator[None]:
        """Make one call. Raise ``Throttled`` if the call has a rate bucket and that has no room now;
        translate AWS's errors.
        """
        wait = call.bucket and self.buckets.ask(call.bucket, standing=Standing.CLOCK)
        if wait:
            sentence = (
                f"Too much is being asked of AWS just now: the bot can {action} in {math.ceil(wait)} s."
            )
            raise Throttled(sentence, retry_helps=True)
        with translated(action):
            yield
