"""How tests come in.

Read ``simulation`` (and ``broken``, which ends one), then ``simulate`` and ``machine`` (with ``example``), which drive one;
``verdict`` is how both end (``besides``: what the test's own code raised on top), and ``plugin``, ``profiles`` and ``session`` tie
them to pytest.
"""
