"""A scenario's own values as schedule files know them: by their JSON text, for JSON has no tuples, enums or records.

Read ``options``, then ``commands`` (what clients ask for) and ``arguments`` (of control operations). What would not come back from
a file as it was is refused before it is used, lest a find is lost when it is saved.
"""
