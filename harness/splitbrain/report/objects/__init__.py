"""What --json prints, one object a command, with the same keys however it ends."""
