"""Exceptions that a library catches, and logs: they are the node's failures all the same."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from splitbrain.cluster.host.library.life import HERE


def listen(loggers: Iterable[str]) -> None:
    """From now on, what is logged there with an exception, by a library node whose class names the logger, has been swallowed."""
    for name in loggers:
        logger = logging.getLogger(name)
        if not any(type(each) is _Listener for each in logger.handlers):
            logger.addHandler(_Listener(name))


class _Listener(logging.Handler):
    def __init__(self, name: str) -> None:
        super().__init__()
        self._logger = name

    def emit(self, record: logging.LogRecord) -> None:
        life = HERE.life
        if life is None or life.node is None or self._logger not in life.node.loggers:
            return
        if record.exc_info and record.exc_info[1] is not None:
            life.swallow(record.exc_info[1])
