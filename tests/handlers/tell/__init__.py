"""What people read, from the values it is put together from."""
