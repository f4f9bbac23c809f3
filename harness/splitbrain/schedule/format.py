"""The format of schedule files: its name, its version, its limits. It imports nothing: every pytest run reads it."""

from __future__ import annotations

FORMAT = "splitbrain-schedule"
VERSION = 1
SUFFIX = ".schedule.jsonl"
OUT = "splitbrain-out"  # where the command line saves
LINE_AT_MOST = 1 << 20  # bytes
FILE_AT_MOST = 128 << 20  # bytes
NODES_AT_MOST = 99
