"""Composes what each kind of step says of its effect: one file for each of ``handlers.steps`` that says
anything.

Facts go in, and a sentence or a part of one comes out. Deliberately absent: any judgement of those facts,
which is for the kind of step itself.
"""
