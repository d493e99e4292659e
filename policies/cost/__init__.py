"""What running costs, at list prices."""
