"""Pushing a file to a Socle and following it to its end, from anywhere."""
