"""What a week came to, which channel may be shown it, and posting it there once: what the command, the button
and the clock share. Deliberately absent: when it is due, and every sentence of it."""
