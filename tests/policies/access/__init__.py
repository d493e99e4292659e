"""Tests of the rules of access, on values alone."""
