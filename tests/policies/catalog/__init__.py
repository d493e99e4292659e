"""The rules of this room, on values alone."""
