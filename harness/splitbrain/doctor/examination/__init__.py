"""An examination of a scenario, part by part.

Read ``examination``; then its parts: ``escapes`` (calls of the real world), ``speed``, and ``exercise`` (what never happened) with
``traffic`` (of runs), ``lines`` (that ran) and ``source`` (of the node's own code).
"""
