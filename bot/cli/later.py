"""Commands whose modules are read only when they are typed, because a help text needs no AWS, Slack or
SQL.
"""

from __future__ import annotations

import gc
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command


@dataclass(frozen=True)
class Named:
    """A command by name. ``help`` is its line in the list and the first line of its own help. ``what`` is the
    function or application in the module; if empty, the function has the command's name.
    """

    module: str
    help: str
    what: str = ""

    def load(self, name: str) -> Any:
        """The command itself, with its arguments and options."""
        found = getattr(_read(self.module), self.what or name)
        if not isinstance(found, typer.Typer):
            alone = typer.Typer(add_completion=False)
            alone.command(name)(found)
            found = alone
        command = get_command(found)
        command.name = name
        return command


def _read(module: str) -> ModuleType:
    """Import a module with the garbage collector off. What is made during an import stays to the end, and a
    collector that looks through it again and again takes a quarter of the import's time.
    """
    gc.disable()
    try:
        return import_module(module)
    finally:
        gc.freeze()
        gc.enable()


def group(commands: Mapping[str, Named]) -> type[TyperGroup]:
    """A group that lists these commands by their lines alone, and loads the one that is typed."""

    class Later(TyperGroup):
        def __init__(self, **given: Any) -> None:
            listed = {name: TyperCommand(name, help=named.help) for name, named in commands.items()}
            super().__init__(**{**given, "commands": listed})

        def resolve_command(self, ctx: Any, args: list[str]) -> Any:
            given, found, rest = super().resolve_command(ctx, args)
            name = given or ""
            return name, commands[name].load(name) if name in commands else found, rest

    return Later
