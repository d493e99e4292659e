"""What a person typed, read as an operation and its arguments: before the gate, which decides.

Pure but for the names, which are given. The order of words is free where the names are known; what two
readings fit is asked and never guessed. Nothing is looked up here and nothing is decided.
"""
