"""What a reply or a message shows, for tests to look into; times in sentences become words."""

from __future__ import annotations

from handlers.tell import reply as tell
from handlers.words.message import Block, Field, Fields, Log, Message, Offer, Status, Table, Text
from handlers.words.result import Refusal, Reply, Report
from policies.times.moments import plain


def status(said: Reply | Message) -> Status:
    return said.status if isinstance(said, Message) else tell.status(said)


def headline(said: Reply | Message) -> str:
    return plain(said.headline)


def notes(said: Reply | Message) -> tuple[str, ...]:
    return tuple(plain(line) for block in _blocks(said) if isinstance(block, Text) for line in block.lines)


def note(said: Reply | Message, about: str) -> str:
    """Return the one note that mentions this."""
    (found,) = (line for line in notes(said) if about in line)
    return found


def fields(said: Reply | Message) -> tuple[Field, ...]:
    return tuple(pair for block in _blocks(said) if isinstance(block, Fields) for pair in block.pairs)


def table(said: Reply | Message) -> Table:
    """Return the one table."""
    (found,) = (block for block in _blocks(said) if isinstance(block, Table))
    return found


def tables(said: Reply | Message) -> tuple[Table, ...]:
    return tuple(block for block in _blocks(said) if isinstance(block, Table))


def logs(said: Reply | Message) -> tuple[Log, ...]:
    return tuple(block for block in _blocks(said) if isinstance(block, Log))


def offers(said: Reply | Message) -> tuple[Offer, ...]:
    return said.offers if isinstance(said, Message) else tell.message(said).offers


def rule(said: Reply) -> str:
    """Return the rule that a refusal rests on; empty for any other reply."""
    return said.decision.rule if isinstance(said, Refusal) else ""


def operation_of(said: Reply) -> str:
    """Return the operation that a reply is about: opened, met again, or in the way."""
    match said:
        case Report(operation_id=operation) | Refusal(in_the_way=operation):
            return operation
    return ""


def _blocks(said: Reply | Message) -> tuple[Block, ...]:
    return said.blocks if isinstance(said, Message) else tell.message(said).blocks
