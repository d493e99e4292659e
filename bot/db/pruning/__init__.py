"""What is removed once it is old enough, by this one path and no other. ``evidence``: audit entries, through
a sealed checkpoint. Working state (ended operations and what belongs to them) will have a file of its own
here, which must not touch evidence."""
