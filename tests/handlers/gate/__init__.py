"""The gate: it fails closed, closes once, and acts at most once whatever is lost or killed."""
