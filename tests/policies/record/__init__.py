"""Tests of the rules of the record, on values alone."""
