"""Files of data sets."""
