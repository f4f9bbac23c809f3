"""The reference protocols, and the museum of their bugs."""
