"""Names of keys in a cache, and patterns of such names, without what would open something.

``session:abc`` is no name with its value, as it would be in a line of a log: each part between the signs
that divide the name is judged by itself.
"""

from __future__ import annotations

import re

from policies.secrets.prefixes import hide_issued
from policies.secrets.shapes import MARK, hide_shapes
from policies.secrets.unseen import visible

_PART = re.compile(r"[A-Za-z0-9_=+-]{12,}")
LONGEST_WORD = 32
"""Characters that a part of letters alone may have: no word is longer."""


def shown_key(name: str) -> str:
    """Return the name with each part hidden that may be somebody's session, token or id."""
    return _PART.sub(_hidden, hide_issued(hide_shapes(visible(name))))


def _hidden(found: re.Match[str]) -> str:
    part = found[0]
    digits = sum(map(str.isdigit, part))
    words = len(part) <= LONGEST_WORD and (digits == 0 or digits == len(part) or digits <= 2)
    return part if words else MARK
