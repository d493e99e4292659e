"""The only way in: admit, resolve, plan, open, advance, close.

Deliberately absent: any knowledge of what a particular operation does, and any second path around the gate.
"""
