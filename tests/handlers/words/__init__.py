"""Tests of the shared vocabulary: what each value must guarantee by itself."""
