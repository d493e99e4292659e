"""Reads what a person typed as an operation and its arguments, before the gate decides.

The reading is pure; the known names are passed in. Words may come in any order where the names are known.
Where two readings fit, the bot asks and never guesses. Deliberately absent: every lookup and every decision.
"""
