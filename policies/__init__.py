"""The rules: who may, what is safe, what a fact means.

Pure functions over frozen dataclasses. Deliberately absent: any import beyond the standard library, any
clock (``now`` is an argument), any logging, any call to the outside.
"""
