"""Free data sets: those without a national schema, that an organisation declares with a schema of its own."""
