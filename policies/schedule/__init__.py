"""When an environment is up, what overrides that, and which transitions follow."""
