"""Tests of the rules of the catalog, on values alone."""
