"""Tests of the rules of schedules, on values alone."""
