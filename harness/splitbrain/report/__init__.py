"""What people read: counterexamples, progress and tables, for a terminal."""
