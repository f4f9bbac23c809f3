"""How the shell comes in."""
