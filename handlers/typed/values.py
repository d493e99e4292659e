"""What a line of words comes to, and the names it is read with."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Parsed:
    operation: str
    environment: str = ""
    target: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Misread:
    """``sentence`` says what was wrong; ``example`` is the nearest right command, or empty where the sentence
    says it all; ``missing``: what was not given and is needed, by name (``environment``, ``service``, an
    argument). ``meant``: what may have been meant, each whole; none of it is done by itself."""

    sentence: str
    example: str = ""
    missing: tuple[str, ...] = ()
    meant: tuple[Parsed, ...] = ()


class Wrong(Exception):
    """Words that an operation cannot be asked for with: one sentence, what was missing, and what may have
    been meant."""

    def __init__(self, sentence: str, missing: Sequence[str] = (), meant: Sequence[Parsed] = ()) -> None:
        super().__init__(sentence)
        self.missing, self.meant = tuple(missing), tuple(meant)


def _none(_environment: str) -> Collection[str]:
    return ()


@dataclass(frozen=True)
class Names:
    """What somebody may be told of, where they type: nothing else is known to the reading.

    ``environments`` in their canonical form. ``here``: the one environment of the channel, empty where it has
    none or several. ``channels``: by the id of a channel, the one environment of it. ``services`` of an
    environment; it is asked only for a word that may be one or nothing, and may know none.
    """

    environments: frozenset[str] = frozenset()
    here: str = ""
    channels: Mapping[str, str] = field(default_factory=dict)
    services: Callable[[str], Collection[str]] = _none


NOBODY = Names()
"""Of somebody who may be told of nothing; also for a form, whose fields are in the written order."""
