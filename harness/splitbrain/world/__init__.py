"""What an action does: one module a fault family, and the world that looks up which."""
