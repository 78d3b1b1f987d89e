"""Certifying: whether an installation treats what a vendor meets as promised, and whether a vendor's pushes do."""
