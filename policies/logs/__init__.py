"""What logs are asked for, which of them can be read from here, and which lines of them are shown."""
