"""Public reads at the speed of the machine: what data sets are now, rows by the driver itself, answers kept."""
