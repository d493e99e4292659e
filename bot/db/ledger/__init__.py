"""The ledger's tables as its ports. Deliberately absent: arithmetic; it is ``policies.cost``'s."""
