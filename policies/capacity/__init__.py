"""What a stop takes away and a start gives back: counts, autoscaling, databases, groups of instances."""
