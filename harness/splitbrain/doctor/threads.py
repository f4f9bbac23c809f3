"""Whether nodes start threads: what these do, and when, is in no schedule, and so would be no replay's."""

from __future__ import annotations

import re
import sys
import threading
from typing import Self


class Threads:
    """A context that notices, for ``names``, each thread that is started while it lasts, however short that lives."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def __enter__(self) -> Self:
        self._before = threading.getprofile()  # somebody may measure us
        self._known = set(threading.enumerate())
        threading.setprofile(self._look)
        return self

    def __exit__(self, *_: object) -> None:
        threading.setprofile(self._before)
        for each in set(threading.enumerate()) - self._known:  # it may not have come to its first line
            self._note(each)

    def _look(self, *_: object) -> None:
        """Called in a thread as it begins, as a profiler is."""
        sys.setprofile(self._before)
        self._note(threading.current_thread())

    def _note(self, thread: threading.Thread) -> None:
        if thread not in self._known:
            self._known.add(thread)
            self.names.append(re.sub(r"^Thread-\d+( \((.*)\))?$", lambda match: match[2] or "Thread", thread.name))
