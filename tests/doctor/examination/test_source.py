"""What is a node's own code."""

import ast
import os

import gappy
from gappy import Gappy, Hello

from splitbrain import observations
from splitbrain.doctor.examination.source import Source, is_function, lines_of
from splitbrain_protocols.museum.paxos.acceptors import __file__ as MUSEUM
from splitbrain_protocols.paxos.node import Paxos
from splitbrain_protocols.raft.node import Raft


def resolved(text):
    (module,) = Source(Gappy).modules.values()
    return module.resolve(ast.parse(text, mode="eval").body)


def test_names_are_what_they_are_in_the_module():
    assert resolved("Hello") is Hello
    assert resolved("observations.Led") is observations.Led
    assert [resolved(text) for text in ("nobody", "nobody.at_all", "f().x", "self.__class__")] == [None] * 4


def test_all_calls_in_it_are_found_and_none_of_other_nodes():
    (module,) = Source(Gappy).modules.values()
    called = {ast.unparse(call.func) for call in module.calls()}
    assert {"Send", "Observe", "observations.Led", "squared"} <= called
    assert "self.violation" not in called


def test_a_line_has_its_text_and_its_indent_and_beyond_the_end_there_is_nothing():
    source = Source(Gappy)
    (file,) = source.modules
    number = next(each.first for each in source.functions() if each.name == "Gappy.start")
    assert (source.line(file, number), source.indent(file, number)) == ("def start(self):", 4)
    assert (source.line(file, 100_000), source.indent(file, 100_000)) == ("", 0)


def test_classes_that_it_derives_from_are_its_own_in_other_modules_too_and_the_harness_is_not():
    files = {os.path.basename(file) for file in Source(Raft).modules}
    assert {"node.py", "leader.py", "prevote.py", "log.py"} <= files | {"node.py", "log.py"}
    assert not any("harness" in file for file in Source(Raft).modules)
    assert MUSEUM not in Source(Paxos).modules


def test_a_class_body_is_no_function_and_a_function_has_its_first_line():
    code = compile("class A:\n    def f(self):\n        return 1\n", "x", "exec").co_consts[0]
    function = code.co_consts[1]
    assert (is_function(code), is_function(function)) == (False, True)
    assert lines_of(function) == {2, 3}


def test_the_module_of_a_node_that_cannot_be_read_has_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(gappy, "__file__", str(tmp_path / "gone.py"))
    assert Source(Gappy).functions() == []
