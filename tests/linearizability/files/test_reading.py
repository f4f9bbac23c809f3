"""A file, whatever its form."""

import random

import pytest

from splitbrain.errors import HistoryError
from splitbrain.linearizability.files.reading import histories
from splitbrain.linearizability.files.told import operations
from splitbrain.linearizability.models import MODELS


def test_a_file_says_its_form_and_an_option_says_it_better(tmp_path):
    file = tmp_path / "h.log"
    file.write_text("{:process 0, :type :invoke, :f :read, :value nil}\n{:process 0, :type :ok, :f :read, :value nil}\n")
    form, (told,) = histories(file)
    assert (form, told.nil) == ("jepsen-edn", True)
    form, (told,) = histories(file, "porcupine")
    assert (form, told.nil, len(told.entries)) == ("porcupine", False, 1)


FILES = {
    "jsonl": '{"client": 0, "op": "put", "key": "x", "value": [1, "a"], "call": 0, "return": null}\n'
    '{"client": 1, "op": "get", "key": "x", "found": null, "call": 1.5, "return": 2}\n',
    "jepsen-edn": '#jepsen.history.Op{:index 0, :type :invoke, :process 2, :f :read, :value ["x" nil]} ; a comment\n'
    '{:index 3 :process :nemesis, :type :info, :f :start, :value #{:n1 "a\\"b"}}\n'
    '{:index 5, :type :ok, :process 2, :f :read, :value ["x" 7], :error [:a nil]}\n',
    "porcupine": "INFO  jepsen.util - 0\t:invoke\t:cas\t[3 0]\nINFO  jepsen.util - 0\t:fail\t:cas\t[3 0]\n",
}


@pytest.mark.parametrize("form", FILES)
def test_whatever_is_done_to_a_file_it_is_read_or_told_to_be_wrong(form, tmp_path):
    dice = random.Random(form)
    told_wrong = []
    for _ in range(300):
        text = FILES[form]
        for _ in range(dice.randint(1, 3)):
            at = dice.randrange(len(text))
            text = (
                text[:at] + dice.choice(["", text[at : at + 9] * 2, *'{}[]()":;,#\\ \n\t09-.eNn']) + text[at + dice.randint(0, 3) :]
            )
        (tmp_path / "h").write_text(text)
        try:
            for told in histories(tmp_path / "h", form)[1]:
                operations(told, MODELS["register"]())
        except HistoryError as error:
            told_wrong.append(str(error))
    assert 0 < len(told_wrong) < 300
    assert all(each.startswith(f"{tmp_path / 'h'}, line ") and "; " in each for each in told_wrong)
