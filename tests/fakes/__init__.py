"""Hand-written fakes of the ports, kept honest by `tests.contracts`."""
