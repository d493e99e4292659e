"""The tests meet the playground as a stranger would: over sockets, with real libraries on the other side."""
