"""What would be said, were a step that may simply be called again ever asked whether it happened."""

from __future__ import annotations

NEVER_ASKED = "a safe step needs no recovery"
