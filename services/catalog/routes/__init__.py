"""The HTTP face of catalog: everything that is read."""
