"""What a stop takes away and a start restores: counts, autoscaling, databases, groups of instances."""
