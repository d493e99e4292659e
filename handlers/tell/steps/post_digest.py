"""Composes what the step that posts a digest says."""

from __future__ import annotations

POSTED = "The digest stands in the channel."
NOT_POSTED = "The digest was not posted."
UNKNOWN = "Slack's answer was lost: look in the channel whether the digest stands there."
ANOTHER = "It is being posted, or stands in the channel already."
NO_SLACK = "There is no Slack here to post it to."
