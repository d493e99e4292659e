"""Tests of what is asked of logs and which lines are shown, on values alone."""
