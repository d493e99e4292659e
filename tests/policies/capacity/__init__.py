"""Tests of the rules of capacity, on values alone."""
