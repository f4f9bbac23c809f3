"""Single-decree Paxos: the reference implementation (Lamport, Paxos Made Simple, 2001)."""
