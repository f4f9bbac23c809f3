"""The source of a node's own code: of its class, of those that it derives from, and of what these name in their modules."""

from __future__ import annotations

import ast
import inspect
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import CodeType, ModuleType
from typing import Any, TypeAlias

from splitbrain.catalogue.importing import imported
from splitbrain.cluster.place import HARNESS, is_somebody_s, qualified

Definition: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_INSTALLED = ("site-packages", "dist-packages")


@dataclass(frozen=True)
class Function:
    """One function: where it is, what it is called ("Node.receive"), and the lines that it can run, its first one among them.

    overridden: whether another class, nearer to the node's own, has one of that name.
    """

    file: str
    name: str
    first: int
    lines: frozenset[int]
    overridden: bool = False


@dataclass
class Module:
    """A module with code of the node's, and its definitions at the top level, by name."""

    module: ModuleType
    file: str
    text: list[str]
    code: CodeType
    definitions: dict[str, Definition]
    own: set[str] = field(default_factory=set)  # the definitions that are the node's

    def resolve(self, call: ast.expr) -> Any:
        """What a name, or a dotted one, is in the module; None where that is not known."""
        if isinstance(call, ast.Name):
            return getattr(self.module, call.id, None)
        if isinstance(call, ast.Attribute):
            home = self.resolve(call.value)
            return None if home is None else getattr(home, call.attr, None)
        return None

    def calls(self) -> Iterator[ast.Call]:
        """All calls in the node's code here."""
        for name in sorted(self.own):
            for each in ast.walk(self.definitions[name]):
                if isinstance(each, ast.Call):
                    yield each


class Source:
    """What is known of the code of a node of this type. Code without a file, or whose file is gone, is not."""

    def __init__(self, kind: type) -> None:
        self.kind = kind
        self.classes = tuple(each for each in kind.__mro__ if _is_own(each, kind))
        self.modules: dict[str, Module] = {}
        for each in self.classes:
            module = imported(each.__module__)
            read = None if module is None else _read(module)
            if read is not None:
                self.modules.setdefault(read.file, read)
        self._own()

    def functions(self) -> list[Function]:
        """All functions of the node's own, in the order of their text; those within others are parts of these."""
        return [each for module in self.modules.values() for each in self._functions(module)]

    def line(self, file: str, number: int) -> str:
        """A line of the text, without the blanks around it."""
        return self._line(file, number).strip()

    def indent(self, file: str, number: int) -> int:
        """How far to the right a line begins."""
        line = self._line(file, number)
        return len(line) - len(line.lstrip())

    def _line(self, file: str, number: int) -> str:
        text = self.modules[file].text
        return text[number - 1] if number <= len(text) else ""

    def _own(self) -> None:
        """From the node's classes on, all that is named in what is the node's, but for other nodes."""
        named = {each.__qualname__ for each in self.classes}
        fresh = set(named)
        while fresh:
            found: set[str] = set()
            for module in self.modules.values():
                for name in sorted((fresh & module.definitions.keys()) - module.own):
                    if not self._is_another(module, name):
                        module.own.add(name)
                        found |= _names(module.definitions[name])
            fresh, named = found - named, named | found

    def _is_another(self, module: Module, name: str) -> bool:
        """Whether it is a class that derives from one of the node's, and is none of these: another node."""
        kind = getattr(module.module, name, None)
        return isinstance(kind, type) and kind not in self.classes and any(issubclass(kind, each) for each in self.classes)

    def _functions(self, module: Module) -> Iterator[Function]:
        for name in sorted(module.own, key=lambda each: module.definitions[each].lineno):
            definition = module.definitions[name]
            for code in _outermost(module.code, definition):
                overridden = isinstance(definition, ast.ClassDef) and self._overridden(module, name, code.co_name)
                yield Function(module.file, qualified(code), code.co_firstlineno, frozenset(_lines(code)), overridden)

    def _overridden(self, module: Module, name: str, method: str) -> bool:
        kind = getattr(module.module, name, None)
        if kind not in self.classes:
            return False
        return any(method in vars(each) for each in self.kind.__mro__[: self.kind.__mro__.index(kind)])


def lines_of(code: CodeType) -> set[int]:
    """The lines that a function itself can run; its first one stands for that it was called."""
    return {line for _, _, line in code.co_lines() if line} | {code.co_firstlineno}


def is_function(code: CodeType) -> bool:
    """Whether it is a function's code, and not a class' or a module's, which runs once, at import."""
    return bool(code.co_flags & inspect.CO_OPTIMIZED)


def same_file(file: str) -> str:
    """One name for each file."""
    return os.path.realpath(file)


def _lines(code: CodeType) -> Iterator[int]:
    yield from lines_of(code)
    for each in _inner(code):
        yield from _lines(each)


def _inner(code: CodeType) -> Iterator[CodeType]:
    return (each for each in code.co_consts if isinstance(each, CodeType))


def _outermost(code: CodeType, within: Definition) -> Iterator[CodeType]:
    """The functions of a definition that are in no other one."""
    first = min([within.lineno, *(each.lineno for each in within.decorator_list)])
    for each in _inner(code):
        if is_function(each):
            if first <= each.co_firstlineno <= (within.end_lineno or first):
                yield each
        else:
            yield from _outermost(each, within)


def _names(definition: Definition) -> set[str]:
    found = {each.id for each in ast.walk(definition) if isinstance(each, ast.Name)}
    return found | {each.attr for each in ast.walk(definition) if isinstance(each, ast.Attribute)}


def _is_own(kind: type, node: type) -> bool:
    """Whether a class that a node derives from is one that a user would call own: not a library's, but for the node's own."""
    file = getattr(imported(kind.__module__), "__file__", None)
    if not file or file.startswith(HARNESS) or not is_somebody_s(compile("", file, "exec")):
        return False
    kin = kind.__module__.partition(".")[0] == node.__module__.partition(".")[0]
    return kin or not any(each in file for each in _INSTALLED)


def _read(module: ModuleType) -> Module | None:
    file = getattr(module, "__file__", None)
    if not file:
        return None
    try:
        with open(file, "rb") as source:
            content = source.read()
        tree = ast.parse(content)
        code = compile(content, file, "exec", dont_inherit=True)
    except (OSError, SyntaxError, ValueError):
        return None
    definitions = {each.name: each for each in tree.body if isinstance(each, Definition)}
    return Module(module, same_file(file), content.decode(errors="replace").splitlines(), code, definitions)
