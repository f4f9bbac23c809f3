"""What can be named: scenarios, and the exhibits of museums."""
