"""The playground is tested as a stranger meets it: over sockets, with real libraries on the other side."""
