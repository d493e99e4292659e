"""Tests of what a digest is made of."""
