"""Whether a node is fit to be hunted.

Read ``conformance``, then ``aliasing``, the one part of it with a method of its own.
"""
