"""The elements with which a form asks for an argument."""

from __future__ import annotations

from typing import Literal

Kept = Literal["task", "flag", "revision", "container"]
"""A menu of names that are kept of an environment or a service: approved tasks and flags from the catalog,
revisions and containers from what was seen and done.
"""
Element = Literal["text", "choice", "yes", "number", "time", "span", "environment", "person", Kept]
"""A line of text, one of a few choices, a tick, a number, a time in words, an end in words with a field for
its beginning, one of the asker's environments, a person, or a name that is kept.
"""
KEPT: tuple[Element, ...] = ("task", "flag", "revision", "container")
OPEN: tuple[Element, ...] = ("revision", "container")
"""Those of which not every name is known, so that any other may be typed."""
