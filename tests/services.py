"""Services that do as the shipped models say, but for some wrong answers, and what their clients see: small random histories."""

from random import Random

from stories import Story

from splitbrain.linearizability.model import UNKNOWN
from splitbrain.linearizability.models import Counter, KvAppend, Lock, Queue, Register, Set


def _register(dice):
    old, new = dice.randint(1, 3), dice.randint(1, 3)
    return dice.choice([("get", "x"), ("get", "x"), ("put", "x", new), ("cas", "x", old, new), ("delete", "x")])


def _register_answer(state, command):
    match command:
        case ("get", _):
            return state[0]
        case ("cas", _, old, _):
            return state[0] == old
    return True


def _register_answers(dice, command):
    return {"get": dice.choice([None, 1, 2, 3]), "cas": dice.random() < 0.5}.get(command[0], True)


def _append(dice):
    return dice.choice([("get", "x"), ("get", "x"), ("append", "x", dice.choice("abc")), ("put", "x", dice.choice("ab"))])


def _append_answer(state, command):
    return state if command[0] == "get" else True


def _append_answers(dice, command):
    return "".join(dice.choice("abc") for _ in range(dice.randint(0, 3))) if command[0] == "get" else True


def _queue(dice):
    return ("enqueue", dice.randint(1, 3)) if dice.random() < 0.55 else ("dequeue",)


def _queue_answer(state, command):
    return (state[0] if state else None) if command[0] == "dequeue" else True


def _queue_answers(dice, command):
    return dice.choice([None, 1, 2, 3]) if command[0] == "dequeue" else True


def _set(dice):
    return dice.choice([("add", dice.randint(1, 3)), ("remove", dice.randint(1, 3)), ("contains", dice.randint(1, 3)), ("read",)])


def _set_answer(state, command):
    match command:
        case ("contains", value):
            return value in state
        case ("read",):
            return sorted(state)
    return True


def _set_answers(dice, command):
    match command:
        case ("contains", _):
            return dice.random() < 0.5
        case ("read",):
            return [each for each in (3, 1, 2) if dice.random() < 0.5]
    return True


def _counter(dice):
    return ("add", dice.randint(-1, 3)) if dice.random() < 0.5 else ("read",)


def _counter_answer(state, command):
    return state if command[0] == "read" else True


def _counter_answers(dice, command):
    return dice.randint(0, 6) if command[0] == "read" else True


def _lock(dice):
    return dice.choice([("acquire",), ("release",)])


def _lock_answer(state, command):
    return state is (command[0] == "release")


def _lock_answers(dice, command):
    return dice.random() < 0.5


# By the name of a model: it, a command, what the service answers in a state, and any answer.
SERVICES = {
    "register": (Register(), _register, _register_answer, _register_answers),
    "kv-append": (KvAppend(), _append, _append_answer, _append_answers),
    "queue": (Queue(), _queue, _queue_answer, _queue_answers),
    "set": (Set(), _set, _set_answer, _set_answers),
    "counter": (Counter(), _counter, _counter_answer, _counter_answers),
    "lock": (Lock(), _lock, _lock_answer, _lock_answers),
}


def seen(name: str, seed: int) -> Story:
    """What clients see of one service: some answers are wrong, some are lost, and some attempts are refused and made again."""
    model, command, answer, anything = SERVICES[name]
    dice = Random(f"{name} {seed}")
    length, clients = dice.randint(2, 9), dice.randint(1, 5)
    wrong, lost, refused = dice.choice((0, 0, 0.05, 0.2)), dice.choice((0, 0.2, 0.5)), dice.choice((0, 0, 0.2))
    story, state, begun = Story(), model.initial, 0
    waiting, done, again = [], {}, []  # operations, the answers of those that have taken effect, and what was refused
    while begun < length or waiting:
        if begun < length and (not waiting or (len(waiting) < clients and dice.random() < 0.4)):
            if again and dice.random() < 0.5:
                waiting.append(story.asks_again(again.pop()))
            else:
                waiting.append(story.asks(f"s{begun}", *command(dice)))
                begun += 1
            continue
        operation = waiting.pop(dice.randrange(len(waiting)))
        if operation in done:
            if dice.random() < 0.4:
                waiting.append(operation)
            elif dice.random() >= lost:
                story.told(operation, anything(dice, operation.command) if dice.random() < wrong else done[operation])
        elif dice.random() < refused:
            again.append(story.refused(operation))
        elif dice.random() >= lost / 2:  # else it never happens, and nobody hears of it
            done[operation] = answer(state, operation.command)
            state = model.step(state, operation.command, UNKNOWN)
            waiting.append(operation)
    return story
