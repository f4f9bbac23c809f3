"""What can be named: scenarios, the exhibits of museums, and models of what clients see.

Read ``importing`` (how a name becomes an object), then ``scenarios``, ``museum`` and ``models``.
"""
