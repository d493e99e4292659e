"""What must not be shown, and to whom."""
