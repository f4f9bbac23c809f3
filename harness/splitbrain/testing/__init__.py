"""How tests come in.

Read ``simulation``, then ``simulate`` and ``machine``, which drive one; ``verdict`` is how both end, and ``plugin``,
``profiles`` and ``session`` tie them to pytest.
"""
