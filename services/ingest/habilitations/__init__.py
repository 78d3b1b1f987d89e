"""Habilitations: asked by vendors, granted, refused and taken back by organisations."""
