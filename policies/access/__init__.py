"""Who may do what, and what is safe whoever asks."""
