"""Which variables were read while modules were imported; a fork cannot be given other values of them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

_environ: Any = os.environ  # for its ``_data``, to note what ``os.getenv`` reads too


class Noted(dict[bytes, bytes]):
    """The variables of this process, which note the names that are asked for."""

    def __init__(self, given: dict[bytes, bytes]) -> None:
        super().__init__(given)
        self._given = given
        self.names: set[str] = set()
        self._everything = False

    @classmethod
    def installed(cls) -> Noted:
        noted = cls(_environ._data)
        _environ._data = noted
        return noted

    def remove(self) -> None:
        _environ._data = self._given

    def differing(self, environment: Mapping[str, str]) -> list[str]:
        """Return the names that were read with another value than this environment has."""
        names = self.names | {os.fsdecode(name) for name in self._given if self._everything}
        were = {name: self._value(name) for name in names}
        return sorted(name for name, value in were.items() if environment.get(name) != value)

    def _value(self, name: str) -> str | None:
        value = self._given.get(os.fsencode(name))
        return None if value is None else os.fsdecode(value)

    def __getitem__(self, name: bytes) -> bytes:
        self.names.add(os.fsdecode(name))
        return super().__getitem__(name)

    def __setitem__(self, name: bytes, value: bytes) -> None:
        raise ValueError(f"{os.fsdecode(name)} was set at import; a fork has other variables by then")

    def __iter__(self) -> Iterator[bytes]:
        self._everything = True
        return super().__iter__()
