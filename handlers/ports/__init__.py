"""What the application needs from outside, as protocols of at most five methods each.

Deliberately absent: any implementation. The adapters are in ``bot`` and the fakes in ``tests.fakes``; one
contract suite holds both to the same behaviour.
"""
