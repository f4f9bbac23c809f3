"""What can be named: scenarios, and the exhibits of museums.

Read ``importing`` (how a name becomes an object), then ``scenarios`` and ``museum``.
"""
