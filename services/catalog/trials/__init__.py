"""Trials of vendors: data sets that exist for one vendor, for a while."""
