"""Tests of what a week came to."""
