"""The strategies, each a way to choose the next action.

Read ``uniform`` and ``walk``, on which ``swarm`` and ``rounds`` build; ``channels`` and ``guided`` stand by themselves.
"""
