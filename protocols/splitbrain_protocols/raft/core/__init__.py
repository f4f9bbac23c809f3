"""Figure 2 of the Raft paper, and nothing else."""
