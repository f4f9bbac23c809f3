"""What goes beyond Figure 2: each an option, off by default."""
