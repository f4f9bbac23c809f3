"""EDN, as far as histories need it (github.com/edn-format/edn), with the line on which each thing stands.

Keywords keep their colon (``":read"``), so that none is equal to a string; symbols and characters are strings; vectors and lists
are tuples, sets are frozen, maps are dictionaries. Of a tagged thing the tag is left out: ``#jepsen.history.Op{...}`` is its map.

There is a library for all of EDN, edn_format 0.8; it brings three others along, and does not say on which line a thing stands,
which is what somebody with a broken file of 100,000 lines needs to know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from splitbrain.linearizability.files.told import DEEPEST

_TOKEN = re.compile(
    r"""
      (?P<skip>[\s,]+|;[^\n]*)
    | (?P<keyword>:[^\s,;()\[\]{}"]+)
    | (?P<integer>[+-]?\d+N?(?=[\s,;()\[\]{}"]|\Z))
    | (?P<open>\#?[({\[])
    | (?P<close>[)\]}])
    | (?P<string>"(?:[^"\\]|\\.)*")
    | (?P<discard>\#_)
    | (?P<tag>\#[A-Za-z][^\s,;()\[\]{}"]*)
    | (?P<character>\\(?:u[0-9A-Fa-f]{4}|[a-z]+|.))
    | (?P<other>[^\s,;()\[\]{}"\#\\]+)
    """,
    re.VERBOSE | re.DOTALL,
)
_CLOSING = {"(": ")", "[": "]", "{": "}", "#{": "}", "#(": ")", "#[": "]"}
_NAMED = {"nil": None, "true": True, "false": False}
_CHARACTERS = {"newline": "\n", "return": "\r", "space": " ", "tab": "\t", "formfeed": "\f", "backspace": "\b"}
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_ESCAPES = {"t": "\t", "r": "\r", "n": "\n", "b": "\b", "f": "\f"}
_DISCARD = object()


class EdnError(ValueError):
    """What is no EDN, and on which line."""

    def __init__(self, line: int, found: str) -> None:
        super().__init__(found)
        self.line = line


class Map(dict[Any, Any]):
    """A map, with the line on which it begins."""

    line = 0


def things(text: str, first: int = 1) -> Iterator[tuple[int, Any]]:
    """The things at the top of a text, each with the line on which it begins, from ``first`` on. Raises `EdnError`."""
    open_: list[tuple[str, int, list[Any]]] = []  # what closes it, its line, what is in it
    into: list[Any] = []
    line = first
    at, end = 0, len(text)
    match = _TOKEN.match
    while at < end:
        token = match(text, at)
        if token is None:
            raise EdnError(line, f"{text[at : at + 20].splitlines()[0]!r} is no EDN")
        kind, word, at = token.lastgroup, token.group(), token.end()
        began = line
        if kind in ("skip", "string"):
            line += word.count("\n")
        if kind == "skip":
            continue
        if kind == "open":
            if word in ("#(", "#["):
                raise EdnError(line, f"{word!r} is no EDN")
            if len(open_) >= DEEPEST:
                raise EdnError(line, f"what is nested more than {DEEPEST} deep")
            open_.append((word, line, into))
            into = []
            continue
        if kind == "discard":
            into.append(_DISCARD)
            continue
        if kind == "tag":
            continue
        if kind == "close":
            if not open_ or _CLOSING[open_[-1][0]] != word:
                raise EdnError(line, f"{word!r} closes nothing" if not open_ else f"{word!r} does not close {open_[-1][0]!r}")
            opened, began, outer = open_.pop()
            thing, into = _collection(opened, began, into), outer
        else:
            thing = _scalar(kind, word, line)
        if into and into[-1] is _DISCARD:
            into.pop()
        elif open_:
            into.append(thing)
        else:
            yield began, thing
    if open_:
        raise EdnError(open_[-1][1], f"{open_[-1][0]!r} is never closed")


def _collection(opened: str, line: int, held: list[Any]) -> Any:
    if opened == "{":
        if len(held) % 2:
            raise EdnError(line, "a map has a key without a value")
        made = Map(zip(map(_frozen, held[::2]), held[1::2], strict=True))
        if len(made) * 2 != len(held):
            raise EdnError(line, "a map has one key twice")
        made.line = line
        return made
    if opened == "#{":
        return frozenset(map(_frozen, held))
    return tuple(held)


def _frozen(thing: Any) -> Any:
    """The thing as a key, or in a set: a map as the set of its pairs."""
    if isinstance(thing, tuple):
        return tuple(map(_frozen, thing))
    if isinstance(thing, dict):
        return frozenset((key, _frozen(each)) for key, each in thing.items())
    return thing


def whole(word: str, line: int) -> int:
    """An integer. Raises `EdnError` for one of more digits than Python reads."""
    try:
        return int(word)
    except ValueError:
        raise EdnError(line, f"an integer of {len(word):,} digits, {word[:8]}..., which is too long to be read") from None


def _scalar(kind: str | None, word: str, line: int) -> Any:
    if kind == "integer":
        return whole(word.removesuffix("N"), line)
    if kind == "keyword":
        return word
    if kind == "string":
        return _ESCAPE.sub(_unescaped, word[1:-1]) if "\\" in word else word[1:-1]
    if kind == "character":
        name = word[1:]
        return chr(int(name[1:], 16)) if len(name) == 5 and name[0] == "u" else _CHARACTERS.get(name, name)
    if word in _NAMED:
        return _NAMED[word]
    if word[0].isdigit() or (word[0] in "+-." and word[1:2].isdigit()):
        try:
            return float(word.removesuffix("M"))
        except ValueError:
            raise EdnError(line, f"{word} is no number") from None
    return word


def _unescaped(escape: re.Match[str]) -> str:
    name = escape.group(1)
    return chr(int(name[1:], 16)) if len(name) == 5 else _ESCAPES.get(name, name)
