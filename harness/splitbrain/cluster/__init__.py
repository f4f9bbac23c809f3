"""What a run is made of: messages in flight, links, timers, disks, processes, and the one object that holds them."""
