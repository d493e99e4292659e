"""Tests of the edges, each against the real thing it talks to or a faithful stand-in."""
