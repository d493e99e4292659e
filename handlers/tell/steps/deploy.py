"""Composes what is said of a deployment whose answer was lost. For any other, its judgement is told."""

from __future__ import annotations

ADOPTED = "the answer to the deployment was lost; its effect was found"
LOOKING = "looking whether the deployment was begun"
NEVER_BEGAN = "AWS never began the deployment; nothing was done."
