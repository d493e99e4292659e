"""Figures of the real bot, taken in one run on one machine: ``python -m tests.bench``, or ``make bench``.

Deliberately absent: pass or fail. Machines are noisy, so whoever reads the figures judges them.
"""
