"""The Paxos wing."""
