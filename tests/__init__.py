"""Tests; a package that mirrors the source."""
