"""What a handler is handed."""
