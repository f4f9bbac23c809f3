"""What happened: events recorded, encoded, and put in causal order."""
