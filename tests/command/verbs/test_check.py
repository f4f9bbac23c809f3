"""The command `check`: exit codes, forms, models, bad input."""

import gzip
import json
import re
from pathlib import Path

import pytest
from shell import run

from splitbrain.command.verbs import check
from splitbrain.linearizability.files import reading
from splitbrain.linearizability.files.opening import FORMATS
from splitbrain.linearizability.models import MODELS
from splitbrain.linearizability.values import shown

GOOD = [
    {"client": 0, "op": "put", "key": "x", "value": 1, "call": 0, "return": 2},
    {"client": 1, "op": "get", "key": "x", "found": 1, "call": 3, "return": 4},
]
STALE = [
    *GOOD,
    {"client": 0, "op": "put", "key": "x", "value": 2, "call": 5, "return": 6},
    {"client": 1, "op": "get", "key": "x", "found": 1, "call": 7, "return": 8},
]
JEPSEN = """\
{:process 0, :type :invoke, :f :write, :value 1}
{:process 0, :type :ok, :f :write, :value 1}
{:process 1, :type :invoke, :f :cas, :value [1 2]}
{:process 1, :type :fail, :f :cas, :value [1 2]}
{:process 0, :type :invoke, :f :read, :value nil}
{:process 0, :type :ok, :f :read, :value 1}
"""
LOG = """\
INFO  jepsen.util - 0\t:invoke\t:cas\t[1 2]
INFO  jepsen.util - 0\t:fail\t:cas\t[1 2]
INFO  jepsen.util - 1\t:invoke\t:read\tnil
INFO  jepsen.util - 1\t:ok\t:read\t1
"""


@pytest.fixture
def write(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")

    def written(name, lines):
        text = lines if isinstance(lines, str) else "".join(json.dumps(line) + "\n" for line in lines)
        (tmp_path / name).write_text(text)
        return name

    return written


def test_a_linearizable_history_is_clean(capsys, write):
    code, out, err = run(capsys, "check", write("h.jsonl", GOOD), "--model", "register")
    assert (code, err) == (0, "")
    assert out.startswith("Linearizable: 2 operations, 2 answered, judged by register in 0.0")


def test_one_that_is_not_is_told_with_the_operations_at_fault_and_how_stale_the_read_was(capsys, write):
    code, out, _ = run(capsys, "check", write("h.jsonl", STALE), "--model", "register")
    assert code == 1
    assert out.startswith("Not linearizable: 4 operations")
    assert "stale by 1 later write" in out
    assert "┬ get x" in out
    assert "┴ 1" in out


def test_json_has_the_verdict_and_the_evidence_and_nothing_else(capsys, write):
    code, out, err = run(capsys, "check", write("h.jsonl", STALE), "--model", "register", "--json")
    told = json.loads(out)
    assert (code, err) == (1, "")
    assert (told["verdict"], told["model"], told["operations"], told["unknown"]) == ("not linearizable", "register", 4, 0)
    assert (told["evidence"]["stale"], told["evidence"]["values"]) == (1, [1, 2])
    assert told["evidence"]["operations"][-1]["step"] == 4  # the line of the file
    assert 0 <= told["seconds"] < 5


def test_what_no_bound_suffices_for_is_inconclusive(capsys, write):
    write("slow_model.py", "from splitbrain.linearizability.model import Model\n\nclass Slow(Model):\n    initial = 0\n" + SLOW)
    lines = [{"client": n, "op": "mix", "value": 3**n, "call": n, "return": None} for n in range(40)]
    lines += [{"client": 99, "op": "see", "found": -1, "call": 50, "return": 51}]
    code, out, _ = run(capsys, "check", write("h.jsonl", lines), "--model", "slow_model:Slow", "--steps", "1000", "--json")
    told = json.loads(out)
    assert (code, told["verdict"], told["evidence"]) == (3, "inconclusive", None)
    assert "bound" in told["message"]


SLOW = """
    def step(self, state, command, result):
        if command[0] == "mix":
            return (state * 31 + command[1]) % 1_000_003
        return state if result == state else None

    def read(self, line):
        return (line["op"], line.get("value")), line.get("found")
"""


@pytest.mark.parametrize(
    ("name", "lines", "options", "code"),
    [
        ("h.jsonl", GOOD, (), 0),
        ("empty.jsonl", [], (), 0),
        ("h.edn", JEPSEN, (), 0),
        ("vector.edn", f"[{JEPSEN}]", (), 0),
        ("empty.edn", "[]", (), 0),
        ("h.log", LOG, ("--initial", "1"), 1),  # a cas that failed has found something else
        ("h.log", LOG, ("--initial", "1", "--format", "porcupine"), 1),
        ("h.log", LOG, (), 1),  # who wrote 1?
        ("h.txt", JEPSEN, ("--format", "jepsen-edn"), 0),
        ("h.txt", JEPSEN, ("--format", "porcupine"), 0),
    ],
)
def test_each_form_is_judged(capsys, write, name, lines, options, code):
    assert run(capsys, "check", write(name, lines), "--model", "register", *options)[0] == code


def test_a_compressed_file_is_judged(capsys, tmp_path, write):
    (tmp_path / "h.jsonl.gz").write_bytes(gzip.compress(json.dumps(GOOD[0]).encode()))
    assert run(capsys, "check", tmp_path / "h.jsonl.gz", "--model", "register")[0] == 0


@pytest.mark.parametrize(
    ("model", "lines", "code"),
    [
        ("kv-append", [("append", {"value": "a"}), ("append", {"value": "b"}), ("get", {"found": "ab"})], 0),
        ("kv-append", [("append", {"value": "a"}), ("get", {"found": ""})], 1),
        ("queue", [("enqueue", {"value": 1}), ("enqueue", {"value": 2}), ("dequeue", {"found": 1})], 0),
        ("queue", [("enqueue", {"value": 1}), ("enqueue", {"value": 2}), ("dequeue", {"found": 2})], 1),
        ("set", [("add", {"value": 1}), ("read", {"found": [1]}), ("contains", {"value": 2, "found": False})], 0),
        ("set", [("add", {"value": 1}), ("read", {"found": []})], 1),
        ("counter", [("add", {"value": 2}), ("add", {"value": 3}), ("read", {"found": 5})], 0),
        ("counter", [("add", {"value": 2}), ("read", {"found": 3})], 1),
        ("lock", [("acquire", {"ok": True}), ("release", {}), ("acquire", {})], 0),
        ("lock", [("acquire", {"ok": True}), ("acquire", {"ok": True})], 1),
    ],
)  # fmt: skip
def test_each_shipped_model_judges(capsys, write, model, lines, code):
    operations = [{"client": 0, "op": op, "call": 2 * n, "return": 2 * n + 1} | rest for n, (op, rest) in enumerate(lines)]
    assert run(capsys, "check", write("h.jsonl", operations), "--model", model)[0] == code


def test_the_initial_value_is_the_model_s(capsys, write):
    get = [{"client": 1, "op": "get", "key": "x", "found": 7, "call": 0, "return": 1}]
    assert run(capsys, "check", write("h.jsonl", get), "--model", "register", "--initial", "7")[0] == 0
    assert run(capsys, "check", write("h.jsonl", get), "--model", "register")[0] == 1


def test_a_file_of_several_histories_is_a_table_and_each_says_its_own_model(capsys, write):
    lines = [
        {"name": "one", "model": "register", "initial": None, "linearizable": True, "ops": GOOD},
        {"name": "two", "model": "register", "linearizable": False, "ops": STALE},
        {"name": "three", "model": "kv-append", "ops": []},
    ]
    code, out, _ = run(capsys, "check", write("all.jsonl", lines))
    assert code == 1
    assert "3 histories: 2 linearizable, 1 not linearizable" in out
    code, out, _ = run(capsys, "check", "all.jsonl", "--json")
    told = json.loads(out)
    assert (code, told["operations"], told["model"]) == (1, 6, None)
    assert [(each["name"], each["verdict"]) for each in told["histories"]] == [
        ("one", "linearizable"), ("two", "not linearizable"), ("three", "linearizable"),
    ]  # fmt: skip
    assert run(capsys, "check", write("good.jsonl", [lines[0], lines[2]]))[0] == 0


def test_one_of_several_is_shown_by_its_name_or_its_number(capsys, write):
    write("all.jsonl", [{"name": "one", "ops": STALE}, {"name": "two", "ops": GOOD}, {"name": "two", "ops": STALE}, {"ops": GOOD}])
    code, out, _ = run(capsys, "check", "all.jsonl", "--model", "register", "--only", "one")
    assert (code, out.splitlines()[0].partition(", judged")[0]) == (1, "Not linearizable: one, 4 operations, 4 answered")
    code, out, _ = run(capsys, "check", "all.jsonl", "--model", "register", "--only", "4")
    assert (code, out.startswith("Linearizable: 2 operations")) == (0, True)
    code, out, _ = run(capsys, "check", "all.jsonl", "--model", "register", "--only", "two")
    assert (code, "2 histories: 1 linearizable, 1 not linearizable" in out) == (1, True)
    for name, advice in {"on": "did you mean 'one'", "9": "say a name of the table, or a number up to 4"}.items():
        code, _, err = run(capsys, "check", "all.jsonl", "--model", "register", "--only", name)
        assert (code, f"all.jsonl has no history '{name}'; {advice}" in err) == (2, True)


def test_a_violation_is_one_whatever_the_file_says_of_itself(capsys, write):
    write("h.jsonl", [{"name": "one", "model": "register", "linearizable": False, "ops": STALE}])
    assert run(capsys, "check", "h.jsonl")[0] == 1


def test_the_model_that_is_asked_for_goes_before_that_of_the_file_and_that_is_said(capsys, write):
    write("h.jsonl", [{"name": "one", "model": "queue", "initial": None, "ops": GOOD}])
    code, out, _ = run(capsys, "check", "h.jsonl", "--model", "register")
    assert (code, "the file itself says queue, but --model goes before" in out) == (0, True)


def test_what_was_recorded_of_a_run_is_judged_alike(capsys, write):
    museum = Path(__file__).parents[2] / "schedules" / "museum"
    for name, model, code in (("kv-read-follower", "register", 1), ("figure-8", "register", 2)):
        _, out, _ = run(capsys, "show", museum / f"{name}.schedule.jsonl", "--history", "--json")
        write(f"{name}.json", out)
        assert run(capsys, "check", f"{name}.json", "--model", model)[0] == code
    code, _, err = run(capsys, "check", museum / "figure-8.schedule.jsonl", "--model", "register")
    assert (code, "it is a schedule" in err) == (2, True)


def test_a_guess_is_said_where_a_line_is_refused(capsys, write):
    write("h.jsonl", "[1, 2]\n")
    _, _, err = run(capsys, "check", "h.jsonl", "--model", "register")
    assert "(that it is jepsen-edn is a guess; --format says it)" in err
    _, _, err = run(capsys, "check", "h.jsonl", "--model", "register", "--format", "jsonl")
    assert "is a guess" not in err


@pytest.mark.parametrize(
    ("text", "options", "found"),
    [
        ('{"client"', ("--model", "register"), "h.jsonl, line 1: no JSON .*; every line is one object"),
        ('{"client": 0, "op": "leap", "call": 0, "return": 1}', ("--model", "register"), "line 1: .*leap"),
        ("", ("--model", "regster"), "did you mean 'register'"),
        ("", (), "does not say what it is a history of, .*; say --model"),
        ("", ("--model", "register", "--initial", "{"), r"--initial \{ is no JSON"),
        ("", ("--model", "lock", "--initial", '"x"'), "--initial: a lock begins with true, held, or false, free, and not with x"),
        ('{"model": "counter", "initial": true, "ops": []}', (), "h.jsonl, line 1: `initial`: a counter begins with a number"),
        ("", ("--model", "nowhere:M"), "there is no module 'nowhere'"),
    ],
)
def test_bad_input_is_told_and_with_json_so_too(capsys, write, text, options, found):
    write("h.jsonl", text)
    code, out, err = run(capsys, "check", "h.jsonl", *options)
    assert (code, out) == (2, "")
    assert re.search(found, err), err
    code, out, err = run(capsys, "check", "h.jsonl", *options, "--json")
    told = json.loads(out)
    assert (code, told["outcome"], told["verdict"]) == (2, "error", None)
    assert re.search(found, told["message"])


def test_a_form_or_a_file_that_is_none_is_bad_usage(capsys, write):
    assert run(capsys, "check", write("h.jsonl", GOOD), "--model", "register", "--format", "xml")[0] == 2
    assert run(capsys, "check", "nowhere.jsonl", "--model", "register")[0] == 2


def test_ctrl_c_ends_it_without_a_verdict(capsys, write):
    text = "import signal\nfrom splitbrain.linearizability.model import Model\n\nclass CtrlC(Model):\n    initial = 0\n" + RASH
    write("ctrl_c_model.py", text.replace('raise OverflowError("too high")', "signal.raise_signal(signal.SIGINT)"))
    lines = [{"client": 0, "op": "up", "call": n, "return": n + 0.5} for n in range(3)]
    code, out, err = run(capsys, "check", write("h.jsonl", lines), "--model", "ctrl_c_model:CtrlC")
    assert (code, out, err) == (130, "", "interrupted\n")
    code, out, _ = run(capsys, "check", "h.jsonl", "--model", "ctrl_c_model:CtrlC", "--json")
    told = json.loads(out)
    assert (code, told["outcome"], told["verdict"]) == (130, "interrupted", None)


def test_a_model_that_raises_while_it_judges_is_blamed(capsys, write):
    write("rash_model.py", "from splitbrain.linearizability.model import Model\n\nclass Rash(Model):\n    initial = 0\n" + RASH)
    lines = [{"client": 0, "op": "up", "call": n, "return": n + 0.5} for n in range(3)]
    code, _, err = run(capsys, "check", write("h.jsonl", lines), "--model", "rash_model:Rash")
    assert code == 2
    assert "the model rash_model:Rash raised OverflowError: too high" in err
    assert "rash_model.py" in err


RASH = """
    def step(self, state, command, result):
        if state > 1:
            raise OverflowError("too high")
        return state + 1

    def read(self, line):
        return line["op"], None
"""


def test_the_help_names_every_shipped_model(capsys):
    _, out, _ = run(capsys, "check", "--help")
    assert f"{', '.join(MODELS)}, or module:NAME" in " ".join(out.split())


def test_the_forms_that_may_be_named_are_those_that_can_be_read():
    assert check._FORMATS == FORMATS
    assert set(FORMATS) == set(reading._READERS)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("h.edn", f"{{:process 0 :type :invoke :f :write :value {'9' * 5000}}}"),
        ("h.edn", f"{{:process 0 :type :invoke :f :write :value {'[' * 900}{']' * 900}}}"),
        ("h.edn", "[" * 5000 + "]" * 5000),
        ("h.log", f"INFO  jepsen.util - 0\t:invoke\t:write\t{'9' * 5000}"),
        ("h.jsonl", f'{{"client": 0, "op": "put", "value": {"[" * 900}{"]" * 900}, "call": 1, "return": 2}}'),
    ],
)
def test_values_that_no_history_has_are_bad_input_and_no_verdict(capsys, write, name, text):
    code, out, err = run(capsys, "check", write(name, text), "--model", "register", "--json")
    assert (code, json.loads(out)["outcome"]) == (2, "error")
    assert err.startswith(f"splitbrain: {name}, line 1: ")


@pytest.mark.parametrize("key", [["x", {"q": 1}], {"q": [True]}, True, 1.5])
def test_a_key_that_is_no_text_is_told_as_it_was_asked(capsys, write, key):
    name = write("h.jsonl", [line | {"key": key} for line in STALE])
    _, out, _ = run(capsys, "check", name, "--model", "register", "--json")
    assert json.loads(out)["evidence"]["key"] == key
    _, out, _ = run(capsys, "check", name, "--model", "register")
    assert f"key {shown(key)}; values 1 and 2" in out
    assert "<class" not in out
