"""The results of reading a line, and the names that the reading may use."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Parsed:
    operation: str
    environment: str = ""
    target: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    from_channel: bool = field(default=False, compare=False, repr=False)
    """The environment was not typed: it is the channel's own."""


@dataclass(frozen=True)
class Misread:
    """A line that could not be read. ``sentence`` says what was wrong. ``example`` is the nearest right
    command; empty if the sentence is enough. ``missing`` names what is needed and was not given
    (``environment``, ``service`` or an argument). ``meant`` holds the complete commands that may have been
    meant; none of them runs by itself.
    """

    sentence: str
    example: str = ""
    missing: tuple[str, ...] = ()
    meant: tuple[Parsed, ...] = ()


class Wrong(Exception):
    """The operation cannot be asked for with these words. The error carries one sentence, what was missing,
    and what may have been meant.
    """

    def __init__(self, sentence: str, missing: Sequence[str] = (), meant: Sequence[Parsed] = ()) -> None:
        super().__init__(sentence)
        self.missing, self.meant = tuple(missing), tuple(meant)


def _none(_environment: str) -> Collection[str]:
    return ()


@dataclass(frozen=True)
class Names:
    """The names that a person may be told of, at the place where they type. The reading knows nothing else.

    ``environments`` are in their canonical form. ``here`` is the channel's one environment; empty if the
    channel has none or several. ``channels`` maps the id of a channel to its one environment. ``services``
    returns the services of an environment; the reading calls it only for a word that may be a service or
    nothing, and the result may be empty.
    """

    environments: frozenset[str] = frozenset()
    here: str = ""
    channels: Mapping[str, str] = field(default_factory=dict)
    services: Callable[[str], Collection[str]] = _none
    ungranted: bool = False
    """The person is let in and may view no environment at all."""


NOBODY = Names()
"""The names of a person who may be told of nothing. A form uses these names too, because its fields are in
the written order.
"""
