"""Holds what a safe step would say if it were ever asked whether it happened. A safe step may simply be
called again.
"""

from __future__ import annotations

NEVER_ASKED = "a safe step needs no recovery"
