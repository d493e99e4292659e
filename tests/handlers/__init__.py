"""The application against hand-written fakes: the gate, every operation, every kind of step."""
