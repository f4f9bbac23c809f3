"""The minimiser: from a failing schedule to one from which nothing can be left out, in the protocol's units."""
