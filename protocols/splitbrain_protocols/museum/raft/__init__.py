"""The Raft wing."""
