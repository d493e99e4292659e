"""What the application needs from outside, as protocols of at most five methods.

Deliberately absent: any implementation. The adapters are in ``bot``, the fakes in ``tests.fakes``, and one
contract suite holds both to the same behaviour.
"""
