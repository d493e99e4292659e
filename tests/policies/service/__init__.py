"""Tests of the rules about services, on values alone."""
