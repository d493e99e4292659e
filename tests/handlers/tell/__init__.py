"""Tests of what people read, from the values that a message is composed from."""
