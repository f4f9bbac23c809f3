import pytest
from projects import TOYS
from toys import COLOURS

from splitbrain.actions import Crash, Deliver, Fire, Request, Restart
from splitbrain.catalogue.museum import bugs
from splitbrain.errors import ScenarioError, ScheduleError
from splitbrain.schedule.file import SavedSchedule, decode, encode
from splitbrain.schedule.header import Header
from splitbrain.schedule.replay import decisive, replay, rerun

FORGET = (Request("n1", "r1", "v1"), Crash("n1"), Restart("n1"), Request("n1", "r2", "v2"))


def saved(*actions, scenario="toys:FORGETFUL", **fields):
    return SavedSchedule(Header(scenario=scenario, size=2, **fields), actions)


def fingerprint():
    return replay(saved(*FORGET)).fingerprint


def test_a_schedule_that_breaks_the_same_invariant_in_the_same_way_is_reproduced():
    outcome = replay(saved(*FORGET, fingerprint=fingerprint(), invariant="OneValue"))
    assert outcome.outcome == "REPRODUCED"
    assert outcome.violation.summary == "n1 decided 'v1', then 'v2'"
    assert (outcome.fingerprint, outcome.actions, outcome.skipped, outcome.at) == ("OneValue(Decided, Decided)", 4, 0, None)
    assert outcome.message == "OneValue breaks after 4 actions: n1 decided 'v1', then 'v2'"


def test_a_schedule_that_runs_to_its_end_without_a_violation_is_fixed():
    outcome = replay(saved(*FORGET, scenario="toys:REGISTER", fingerprint=fingerprint()))
    assert (outcome.outcome, outcome.violation, outcome.fingerprint, outcome.actions) == ("FIXED", None, None, 4)


def test_surviving_proves_nothing_where_the_invariant_that_broke_does_not_know():
    for named in ({}, {"invariant": "GivesUp"}):
        outcome = replay(saved(*FORGET, scenario="toys:UNSURE", **named))
        assert outcome.outcome == "STALE"
        assert outcome.message == (
            "the schedule ran to its end, and it is not known whether that breaks GivesUp, for it counts to two at most"
        )
    assert replay(saved(*FORGET, scenario="toys:UNSURE", invariant="Agreement")).outcome == "FIXED"


def test_another_violation_is_a_change():
    outcome = replay(saved(*FORGET, fingerprint="Agreement(Decided, Decided)", invariant="Agreement"))
    assert outcome.outcome == "CHANGED"
    assert "where Agreement(Decided, Decided) did" in outcome.message


def test_a_hand_written_schedule_may_name_the_invariant_alone_or_nothing():
    assert replay(saved(*FORGET)).outcome == "REPRODUCED"
    assert replay(saved(*FORGET, invariant="OneValue")).outcome == "REPRODUCED"
    assert replay(saved(*FORGET, invariant="Agreement")).outcome == "CHANGED"


def test_a_strict_replay_diverges_at_the_first_action_that_is_not_enabled_and_says_why():
    outcome = replay(saved(FORGET[0], Fire("n2", "remind"), *FORGET[1:]))
    assert (outcome.outcome, outcome.at, outcome.actions) == ("DIVERGED", 2, 1)
    assert outcome.message == "action 2 of 5: cannot fire n2 remind: that timer is not armed"


def test_a_lenient_replay_skips_it_and_says_how_much_it_skipped():
    outcome = replay(saved(FORGET[0], Fire("n2", "remind"), *FORGET[1:]), lenient=True)
    assert (outcome.outcome, outcome.skipped, outcome.actions) == ("REPRODUCED", 1, 4)
    outcome = replay(saved(FORGET[0], Fire("n2", "remind"), scenario="toys:REGISTER"), lenient=True)
    assert outcome.message == "the schedule ran to its end, and no invariant broke (1 of 2 actions were not enabled, and skipped)"


def test_both_hosts_give_the_same_digest_and_a_file_gives_the_digest_of_what_was_saved():
    schedule = saved(*FORGET)
    digests = {replay(each, host=host).digest for each in (schedule, decode(encode(schedule))) for host in ("direct", "trio")}
    assert len(digests) == 1


def test_a_longer_run_has_another_digest():
    assert replay(saved(*FORGET)).digest != replay(saved(*FORGET[:3])).digest


def test_async_nodes_are_replayed_on_the_trio_host_unless_another_one_is_asked_for(pytester):
    pytester.makepyfile(
        sleepy="""
        import trio
        from splitbrain.invariant import KeepsContract
        from splitbrain.scenario import Scenario
        class Node:
            def __init__(self, me, peers, disk): ...
            async def run(self, env): await trio.sleep(1)
        SLEEPY = Scenario(name="sleepy", factory=Node, invariants=(KeepsContract,))
        """
    )
    assert replay(saved(Crash("n1"), scenario="sleepy:SLEEPY")).outcome == "FIXED"
    with pytest.raises(ScenarioError, match="need the trio host"):
        replay(saved(scenario="sleepy:SLEEPY"), host="direct")


def test_commands_that_json_cannot_hold_as_they_are_break_the_node_in_the_same_way():
    actions = (Request("n1", "r1", COLOURS[0]), Crash("n1"), Restart("n1"), Request("n1", "r2", COLOURS[2]))
    first = replay(saved(*actions, scenario="toys:COLOURFUL"))
    again = replay(decode(encode(saved(*actions, scenario="toys:COLOURFUL"))))
    assert again.violation == first.violation
    assert "<Colour.RED: 'red'>" in again.violation.summary


def test_a_lenient_replay_in_which_hardly_any_input_reached_a_node_is_stale():
    gone = tuple(Deliver("n1", "n2", "Renamed", None, number) for number in range(1, 10))
    outcome = replay(saved(FORGET[0], *gone, scenario="toys:REGISTER"), lenient=True)
    assert (outcome.outcome, outcome.worked, outcome.work, outcome.stale) == ("FIXED", 1, 10, True)
    outcome = replay(saved(*FORGET, *gone[:2], scenario="toys:REGISTER"), lenient=True)
    assert (outcome.worked, outcome.work, outcome.stale) == (2, 4, False)


def test_a_schedule_of_nothing_but_faults_is_not_stale():
    assert not replay(saved(Crash("n1"), scenario="toys:REGISTER"), lenient=True).stale


def test_a_header_alone_is_no_evidence_unless_the_nodes_break_something_when_they_start():
    for lenient in (False, True):
        outcome = replay(saved(scenario="toys:REGISTER", fingerprint=fingerprint()), lenient=lenient)
        assert (outcome.outcome, outcome.worked, outcome.work) == ("STALE", 0, 0)
        assert "a header and no action, so that nodes only start, and surviving that proves nothing; restore" in outcome.message


def test_a_header_alone_fails_under_pytest(pytester):
    (pytester.path / "toys.py").write_text(TOYS, encoding="utf-8")
    (pytester.path / "lost.schedule.jsonl").write_bytes(encode(saved(scenario="toys:REGISTER", fingerprint=fingerprint())))
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ['STALE: the file has a header and no action, *; restore *, or delete it; *, let the header say "actions": 0']
    )


def test_what_breaks_when_the_nodes_start_is_reproduced_by_a_header_alone(pytester):
    pytester.makepyfile(
        stillborn="""
        from splitbrain.invariant import KeepsContract
        from splitbrain.scenario import Scenario
        class Node:
            def __init__(self, me, peers, disk): ...
            def start(self): raise ValueError("stillborn")
        STILLBORN = Scenario(name="stillborn", factory=Node, invariants=(KeepsContract,))
        """
    )
    outcome = replay(saved(scenario="stillborn:STILLBORN", fingerprint="KeepsContract(raised)", invariant="KeepsContract"))
    assert (outcome.outcome, outcome.actions) == ("REPRODUCED", 0)
    assert outcome.message.startswith("KeepsContract breaks at the start")


def test_a_header_that_says_that_there_is_no_action_is_fixed_once_the_nodes_start(pytester):
    (pytester.path / "toys.py").write_text(TOYS, encoding="utf-8")
    mended = saved(scenario="toys:REGISTER", fingerprint="KeepsContract(raised)", actions=0)
    for lenient in (False, True):
        assert replay(mended, lenient=lenient).outcome == "FIXED"
    (pytester.path / "mended.schedule.jsonl").write_bytes(encode(mended))
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_an_exhibits_schedule_runs_with_the_bug_or_against_the_protocol_without_it():
    exhibit = bugs()["vote-quorum-too-small"]
    schedule = SavedSchedule(
        Header(scenario="raft", bug=exhibit.id, size=3, invariant="LeadsByVotes"),
        (Fire("n1", "election"),),
    )
    assert replay(schedule).outcome == "REPRODUCED"
    assert replay(schedule, unbroken=True).outcome == "FIXED"


SAVED = SavedSchedule(Header(scenario="toys:REGISTER", size=2), (Crash("n1"), Restart("n1")))


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"scenario": "no_such:S"}, "there is no module 'no_such'"),
        ({"scenario": "toys:S"}, "has no 'S'"),
        ({"scenario": "os:system"}, "is an object of type .*, not a Scenario"),
        ({"bug": "figure-9"}, "there is no exhibit 'figure-9'.*did you mean figure-8"),
    ],
)
def test_a_scenario_that_cannot_be_found_is_refused(fields, complaint):
    with pytest.raises(ScenarioError, match=complaint):
        replay(SavedSchedule(Header(**({"scenario": "toys:REGISTER", "size": 2} | fields)), ()))


def test_a_factory_that_raises_is_told_with_its_scenario_and_how_it_is_called(pytester):
    pytester.makepyfile(
        fussy="""
        from splitbrain.invariant import KeepsContract
        from splitbrain.scenario import Scenario
        class Node:
            def __init__(self, me): ...
        FUSSY = Scenario(name="fussy", factory=Node, invariants=(KeepsContract,))
        """
    )
    with pytest.raises(
        ScenarioError, match=r"scenario 'fussy': the factory cannot make node n1: TypeError.*factory\(me, peers, disk"
    ):
        replay(SavedSchedule(Header(scenario="fussy:FUSSY", size=2), ()))


def test_an_action_on_a_node_that_the_cluster_does_not_have_is_where_a_strict_replay_diverges():
    outcome = replay(SavedSchedule(SAVED.header, (Crash("n9"),)))
    assert (outcome.outcome, outcome.at) == ("DIVERGED", 1)
    assert "there is no node 'n9' in a cluster of 2" in outcome.message


def test_a_bug_of_another_protocol_is_refused():
    header = Header(scenario="raft", bug="pax-dup-accepted", size=3)
    with pytest.raises(
        ScheduleError, match="\"bug\" is 'pax-dup-accepted', a bug of 'paxos', but \"scenario\" is 'raft'; mend the"
    ):
        replay(SavedSchedule(header, (Fire("n1", "election"),)))


@pytest.mark.parametrize(
    ("scenario", "was", "plainly"),
    [
        ("toys:REGISTER", "OneValue(Decided, Decided)", "FIXED"),
        ("toys:FORGETFUL", "Agreement(Decided, Decided)", "CHANGED"),
    ],
)
def test_a_file_that_was_never_confirmed_proves_nothing_unless_it_reproduces(scenario, was, plainly):
    why = "NONDETERMINISTIC: it ran twice"
    assert replay(saved(*FORGET, scenario=scenario, fingerprint=was)).outcome == plainly
    outcome = replay(saved(*FORGET, scenario=scenario, fingerprint=was, unconfirmed=why))
    assert outcome.outcome == "NONDETERMINISTIC"
    assert "here that proves nothing, since the run was never confirmed (NONDETERMINISTIC: it ran twice)" in outcome.message
    assert outcome.message.endswith(
        "mend the nodes, delete this file, and hunt again: no schedule can tell whether they are mended"
    )


def test_a_file_that_was_never_confirmed_diverges_no_more_but_reproduces_where_it_does():
    ends = (*FORGET[:2], Deliver("n1", "n2", "Copy", ordinal=9))
    assert replay(saved(*ends, unconfirmed="why")).outcome == "NONDETERMINISTIC"
    assert replay(saved(*FORGET, unconfirmed="why")).outcome == "REPRODUCED"


def test_a_skipped_action_is_decisive_where_it_is_the_last_or_what_clients_saw_is_broken_and_it_is_a_request():
    again = (*FORGET[:2], Crash("n1"), Request("n1", "r2", "v2"), Restart("n1"), Restart("n1"))  # n1 is down, then up
    skipped = rerun(saved(*again), lenient=True)
    assert skipped.idle == (2, 3, 5)
    assert decisive(saved(*again, invariant="OneValue", fingerprint="OneValue(Decided, Decided)"), skipped) == (5,)
    assert decisive(saved(*again, invariant="Told", fingerprint="Told(Requested, Replied)"), skipped) == (3, 5)
    assert decisive(saved(*again), skipped) == ()  # nobody says what it was of
