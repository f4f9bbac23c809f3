"""What chooses the faults: profiles, partitions, walks."""
