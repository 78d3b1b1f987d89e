"""One reader per file format; each gives the same raw table of text cells with their lines in the vendor's file."""
