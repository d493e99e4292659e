"""What each kind of step says of its effect: one file for each of ``handlers.steps`` that says anything.

Facts in, a sentence or a part of one out. Deliberately absent: any judgement of those facts, which is for
the kind itself.
"""
