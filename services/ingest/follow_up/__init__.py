"""The follow-up of publications: which organisation publishes what, how fresh, how conformant."""
