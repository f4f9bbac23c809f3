"""The bench of verdicts: that what it takes for right and wrong is, and that it sees what is not as it is to be."""

import subprocess
import sys
from pathlib import Path

import pytest
from stories import explained

BENCH = Path(__file__).resolve().parents[2] / "ci" / "bench"


@pytest.fixture
def histories(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCH))
    import histories  # noqa: PLC0415

    return histories


@pytest.fixture
def bench(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCH))
    import linearizability  # noqa: PLC0415

    return linearizability


def moments(history):
    """Calls and returns in the order of their moments, calls first."""
    told = [(each.called, 0, place, ("invoke", each)) for place, each in enumerate(history)]
    told += [(each.returned, 1, place, ("complete", each)) for place, each in enumerate(history) if each.returned is not None]
    return [moment for *_, moment in sorted(told, key=lambda each: each[:3])]


@pytest.mark.parametrize("unknown", [0.0, 0.2])
@pytest.mark.parametrize("name", ["unique", "cas", "kv-append", "queue", "long queue", "set", "counter", "lock", "mixed"])
def test_what_a_service_answers_is_linearizable_and_what_nobody_could_answer_is_not(histories, name, unknown):
    service = histories.SERVICES[name]
    for seed in range(10):
        simulated = histories.simulate(str(seed), service, operations=20, clients=3, keys=1, unknown=unknown)
        assert explained(moments(simulated.operations), service.model())
        if service.wrong is not None:
            histories.spoil(simulated, "never-read", service)
            assert not explained(moments(simulated.operations), service.model())


@pytest.mark.parametrize("unknown", [0.0, 0.2])
@pytest.mark.parametrize("how", ["stale-read", "first-read", "lost-write", "future-read"])
def test_what_was_spoilt_is_wrong(histories, how, unknown):
    service, spoilt = histories.SERVICES["unique"], 0
    for seed in range(20):
        simulated = histories.simulate(str(seed), service, operations=30, clients=3, keys=1, unknown=unknown)
        try:
            histories.spoil(simulated, how, service)
        except ValueError:  # there is no place for it
            continue
        spoilt += 1
        assert not explained(moments(simulated.operations), service.model())
    assert spoilt > 10


def test_some_operations_are_of_unknown_outcome_and_their_clients_go_on_under_new_names(histories):
    simulated = histories.simulate("seed", histories.SERVICES["unique"], operations=400, clients=3, keys=2, unknown=0.1)
    unknown = [each for each in simulated.operations if each.returned is None]
    assert 20 < len(unknown) < 70
    for one in unknown:
        assert [each for each in simulated.operations if each.session == one.session][-1] is one
    assert {each.command[1] for each in simulated.operations} == {"k0", "k1"}


def test_a_row_tells_what_is_not_as_it_is_to_be(bench):
    row = bench.Row("a row", 1.0, 100, [{}])
    good = {"right": True, "sure": True, "seconds": 0.5, "folded": 0.6, "mib": 50}
    assert bench.missed(row, {}, good, quick=False) == []
    assert bench.missed(row, {}, {**good, "right": False}, quick=True) == ["WRONG"]
    assert bench.missed(row, {}, {**good, "sure": False}, quick=True) == ["no verdict"]
    slow = {**good, "folded": 1.1, "mib": 101}
    assert bench.missed(row, {}, slow, quick=True) == []
    assert bench.missed(row, {}, slow, quick=False) == ["more than 1 s", "more than 100 MiB"]
    assert bench.missed(row, {}, {"failed": "an error"}, quick=True) == ["an error"]
    assert bench.missed(row, {}, {"skipped": "not there"}, quick=False) == []
    assert bench.missed(row, {"worst": 0.1}, {**good, "slowest": 0.2}, quick=False) == ["one more than 0.1 s"]
    assert bench.missed(row, {}, {**good, "cost": 0.16}, quick=False) == ["more than 15%"]


def test_a_row_shows_the_worst_of_its_histories(bench):
    row = bench.Row("a row", 1.0, 100, [{}, {}])
    answers = [{"right": True, "sure": True, "seconds": 0.5, "mib": 50}, {"right": True, "sure": False, "seconds": 0.25, "mib": 60}]
    assert bench.line(row, answers).split(maxsplit=4)[2:] == ["0.500", "60", "1 of 2 right, 1 inconclusive"]


def test_a_folder_without_the_public_histories_is_refused(tmp_path):
    done = subprocess.run(
        [sys.executable, BENCH / "linearizability.py", tmp_path], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "has no histories.jsonl.gz; give the folder" in done.stderr


@pytest.mark.slow
def test_every_verdict_is_right():
    command = [sys.executable, BENCH / "linearizability.py", "--quick"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "skipped: no folder of public histories was given" in done.stdout
    assert done.stdout.endswith("all as they are to be\n")
