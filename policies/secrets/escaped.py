"""Line breaks and tabs that JSON and programs write as ``\\n`` and ``\\t``: for a moment they are real ones,
so that a value ends where its line does, and the name on the next line keeps its own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

_BREAK = re.compile(r"\\(?:\\{0,7}r\\{1,8}n|\\{0,7}n|\\{0,7}r(?=\\))")
_TAB = re.compile(r"\\\\{0,7}t")
_MADE = "\r\n"
"""A line break that was written out. No other text has one: what nobody sees is taken out before."""


def hide_between(text: str, hide: Callable[[str], str]) -> str:
    """Hide with the written line breaks of each line read as such; a line without a secret stays as it is."""
    if "\\" not in text or "\r" in text:
        return text
    return "\n".join(_read(line, hide) if "\\" in line else line for line in text.split("\n"))


def _read(line: str, hide: Callable[[str], str]) -> str:
    breaks = _BREAK.findall(line)
    tabs = [] if "\t" in line else _TAB.findall(line)
    if not breaks and not tabs:
        return line
    read = _BREAK.sub(_MADE, line)
    read = _TAB.sub("\t", read) if tabs else read
    said = hide(read)
    return line if said == read else _written(said, breaks, tabs)


def _written(said: str, breaks: list[str], tabs: list[str]) -> str:
    """Write the breaks and tabs again, each as most of them were written."""
    if breaks:
        usual = _most(breaks)
        said = re.sub("\r?\n", lambda _: usual, said).replace("\r", "")
    return said.replace("\t", _most(tabs)) if tabs else said


def _most(written: list[str]) -> str:
    return Counter(written).most_common(1)[0][0]
