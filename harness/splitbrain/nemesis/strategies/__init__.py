"""The strategies, each a way to choose the next action."""
