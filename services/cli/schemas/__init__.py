"""`socle schemas`: the schemas known here, and their import from a national catalogue."""
