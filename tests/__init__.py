"""Tests, in a package that mirrors the source."""
