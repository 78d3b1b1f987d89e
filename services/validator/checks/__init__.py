"""What a standardised table must satisfy; each room returns faults as values."""
