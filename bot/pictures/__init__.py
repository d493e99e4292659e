"""A chart as a PNG, for a Slack that does not take the block for charts. Pillow is loaded with the first
chart. Deliberately absent: Slack, and the meaning of the numbers.
"""
