"""Examinations, made by hand: of a scenario in good health, and of one that has everything."""

from __future__ import annotations

from collections import Counter

from gappy import GAPPY
from gappy import __file__ as FILE
from toys import REGISTER

from splitbrain.doctor.examination.escapes import Escape
from splitbrain.doctor.examination.examination import Examination
from splitbrain.doctor.examination.exercise import Exercise, Idle
from splitbrain.doctor.examination.lines import Gap
from splitbrain.doctor.examination.speed import Hot, Speed
from splitbrain.doctor.weakenings.records import Notice, Row, Weakened
from splitbrain.elsewhere.cause import HASHING
from splitbrain.elsewhere.confirmation import Confirmation
from splitbrain.errors import NondeterminismError

TRIED = Counter({"runs": 15, "steps": 2_385, "messages": 10_967, "writes": 1_211, "crashes": 127, "replies": 254})
SYNC = Row("sync", "a Sync makes nothing durable", noticed=Notice("Agreement", 4, "n1 decided v1, and n2 v2"), runs=4, steps=310)
UNFELT = Row("twice", "messages arrive twice", why_not="its fault budget lets messages arrive twice anyway")
UNNOTICED = Row("voters", "each node counts one voter less", runs=200, steps=9_000)

HEALTHY = Examination(
    REGISTER,
    seed=0,
    host="direct",
    tried=TRIED,
    notes=("no node ever wrote to its disk, so that a crash makes it forget everything",),
    confirmation=Confirmation(host="trio"),
    pythons=("3.12.1", "3.13.0"),
    speed=Speed(315, 177_345, 4.04, shares={"nodes": 0.09, "invariants": 0.13, "harness": 0.78}),
    exercise=Exercise((), (), 1.0),
    weakened=Weakened("register", (SYNC, UNFELT), ("Agreement",)),
)
SICK = Examination(
    GAPPY,
    seed=7,
    host="direct",
    tried=TRIED,
    problems=(
        "a node raised an exception: receive: LookupError: no such thing (node.py:17, in receive) (and 4 more of these)",
        "a node started a thread, 'pump': what that does, and when, is in no schedule",
    ),
    difference=NondeterminismError(
        "the same schedule ran in another process (PYTHONHASHSEED=19), and event 15 differs: here Sent(step=5, sender='n2', "
        "receiver='n1', kind='str', epoch=None, ordinal=1, message='n5'), there Sent(step=5, sender='n2', receiver='n1', "
        "kind='str', epoch=None, ordinal=1, message='n4')",
        HASHING,
    ),
    speed=Speed(40, 4_000, 2.0, 7.5, {"nodes": 0.92, "invariants": 0.02, "harness": 0.06}, (Hot(FILE, 49, "Gappy.receive", 0.81),)),
    escapes=(
        Escape("clock", "time.time", FILE, 50, "Gappy.receive", 312),
        Escape("chance", "uuid.uuid4", FILE, 60, "Gappy.timeout", 1),
    ),
    exercise=Exercise(
        (
            Idle(
                "inputs",
                "the handler synced was never called",
                "no Sync(token) was ever completed: where none is yielded, it is dead",
            ),
            Idle("messages", "Goodbye was never sent, although the node's code does make one"),
        ),
        (
            Gap(FILE, 54, 55, "Gappy.receive", False, "yield Observe(observations.Led(1))"),
            Gap(FILE, 71, 72, "Gappy.synced", True, "def synced(self, token):"),
            Gap(FILE, 93, 94, "unheard", True, "def unheard(message):"),
        ),
        0.7058,
    ),
    weakened=Weakened("gappy", (UNFELT, UNNOTICED), ("Agreement", "Aims"), unheard={"Aims": ("Promised",)}),
)
