"""What it costs to run environments, at list prices."""
