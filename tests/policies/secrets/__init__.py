"""Tests of the rules about secrets, on values alone."""
