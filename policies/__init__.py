"""The rules: who may do what, what is safe, and what a fact means.

Pure functions over frozen dataclasses. Deliberately absent: any import beyond the standard library, any clock
(``now`` is an argument), any logging, and any call to the outside.
"""
