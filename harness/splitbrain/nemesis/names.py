"""What the strategies are called, on the command line and in reports. It imports nothing: a ``--help`` lists them."""

from __future__ import annotations

SWARM = "swarm"
ROUNDS = "rounds"
PARTITIONS = "partitions"
POWER_CUTS = "power-cuts"
PRIORITIES = "pct"
DELAYS = "delays"
UNIFORM = "uniform"
GUIDED = "guided"

STRATEGIES = (SWARM, ROUNDS, PARTITIONS, POWER_CUTS, PRIORITIES, DELAYS, UNIFORM, GUIDED)
