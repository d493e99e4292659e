"""What a catalog says, what is wrong with one, and how two differ."""
