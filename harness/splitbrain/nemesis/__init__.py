"""What chooses the faults: strategies, their moves, and the portfolio of all."""
