"""Questions about rows: a dialect reads them into one tree, one room compiles the tree to SQL."""
