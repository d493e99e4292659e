"""What is kept of an operation: its states, and the entries of its evidence."""
