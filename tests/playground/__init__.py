"""Tests of the stand-in for Slack and AWS itself; the bot is not started here."""
