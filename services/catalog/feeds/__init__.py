"""What changed: from one version to another, and since the beginning."""
