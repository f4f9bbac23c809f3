"""Whether a history is linearizable: two engines behind one face.

Read ``model``, then ``checker``, which gives a ``verdict``: it asks ``zones`` as long as written values are unique, which tells a
fault in the words of ``conflict``; else ``search``, as far as a ``bound`` allows, and then ``alternatives`` to an answer.
Which values are the same is said in ``values``, and what a model did wrong in ``blame``. The shipped ``models`` have ``workloads``,
and histories come from ``files``, too.
"""
