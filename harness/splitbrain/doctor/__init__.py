"""Whether a node is fit to be hunted."""
