"""How a user's project begins: ``project`` writes what is in the folder `templates`, of which `all` is common to all styles."""
