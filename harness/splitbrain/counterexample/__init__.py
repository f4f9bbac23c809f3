"""What a failing run becomes: saved, made minimal, explained."""
