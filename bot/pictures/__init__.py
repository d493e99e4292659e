"""A chart as a PNG, for a Slack that does not take the block for it. Pillow is loaded with the first.
Deliberately absent: Slack, and what the numbers mean."""
