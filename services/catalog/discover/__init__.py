"""Finding data sets: the words of a question, what is known of each data set, one statement that answers."""
