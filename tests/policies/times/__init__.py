"""Tests of the rules about times, on values alone."""
