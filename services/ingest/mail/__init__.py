"""Letters: written in the transaction of what they tell, carried by the worker."""
