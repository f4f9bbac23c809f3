"""What chooses the faults.

Read ``strategy`` and ``moves`` (what can be done) with ``clients`` and ``sessions`` (who asks) and ``connections`` (which of them
end), then the folder of the strategies with ``profile``, ``partitions`` and ``draw``; last ``portfolio``, which shares the time
among their ``names``, and what it learns from, ``picture`` and ``archive``.
"""
