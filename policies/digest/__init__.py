"""What a week's digest says, assembled from the other rules. Deliberately absent: sums, which
``policies.cost`` makes.
"""
