"""Linearizability under any model, of one key, as its history grows.

Read ``layer``, then ``ways``, then ``search``; ``repair`` changes what was decided long before, ``steps`` asks the model,
``necessary`` sees what needs no search, ``evidence`` says which operations are at fault.
"""

from splitbrain.linearizability.search.search import Search

__all__ = ["Search"]
