"""Tests of the rules, on values alone."""
