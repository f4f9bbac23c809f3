"""What holds for any protocol that decides: agreement, integrity, validity, termination."""
