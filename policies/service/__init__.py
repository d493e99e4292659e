"""What an environment and its services are, and whether a service or a deployment is good."""
