"""The cost rules, tested on values alone."""
