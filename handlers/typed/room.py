"""Where a line is read, and how a command is spelled there."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.registry import Registry
from handlers.typed.values import NOBODY, Names, Parsed
from handlers.words.operation import Operation

LONGEST_EXAMPLE = 300
"""The longest command that is shown again, in characters."""


@dataclass(frozen=True)
class Room:
    """Where a line is read: with which operations, under which command and with which names."""

    registry: Registry
    command: str
    names: Names = NOBODY

    def help(self) -> str:
        return f"{self.command} help"

    def example(self, operation: Operation, place: str = "", service: str = "") -> str:
        """Return an example, as far as the person has named an environment and a service in these."""
        mine = sorted(self.names.environments, key=lambda name: (name != "staging", name))
        return operation.example(
            self.command, place or self.names.here or next(iter(mine), "staging"), service
        )

    def spelled(self, parsed: Parsed) -> str:
        """Return the command as somebody would type it."""
        operation = self.registry.operations[parsed.operation]
        words = [self.command, parsed.operation, parsed.environment, parsed.target]
        for argument in operation.arguments:
            if argument.name in parsed.arguments:
                value = parsed.arguments[argument.name]
                quoted = f'"{value}"' if " " in value and not argument.rest else value
                words.append(quoted if argument.positional else f"{argument.name}={quoted}")
        said = " ".join(filter(None, words))
        return said if len(said) <= LONGEST_EXAMPLE else self.example(operation)
