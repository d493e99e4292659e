"""Each kind of step: how it acts, is looked at and recovered."""
