"""Small histories, told moment by moment; and whether any order explains one, by trying all of them."""

from __future__ import annotations

from splitbrain.dice import Dice
from splitbrain.linearizability.model import UNKNOWN
from splitbrain.trace.history import Attempt, Operation


class Story:
    """What happens, in its order: pairs of the name of what a checker is fed with, and the operation."""

    def __init__(self):
        self.moments = []

    def asks(self, who, *command):
        operation = Operation(f"{who}.{len(self.moments)}", who, command, len(self.moments), [Attempt("n1", len(self.moments))])
        self.moments.append(("invoke", operation))
        return operation

    def told(self, operation, result=True):
        operation.returned, operation.result = len(self.moments), result
        self.moments.append(("complete", operation))
        return operation

    def did(self, who, *command, result=True):
        return self.told(self.asks(who, *command), result)

    def refused(self, operation):
        operation.attempts[-1].refused = True
        self.moments.append(("refuse", operation))
        return operation

    def asks_again(self, operation):
        operation.attempts.append(Attempt("n2", len(self.moments)))
        self.moments.append(("invoke", operation))
        return operation

    @property
    def operations(self):
        return list(dict.fromkeys(operation for _, operation in self.moments))


def folded(engine, moments):
    """The first fault of an engine that is fed with these, and at which moment."""
    for moment, (what, operation) in enumerate(moments):
        fault = getattr(engine, what)(operation)
        if fault is not None:
            return fault, moment
    return None, None


def explained(moments, model):
    """Whether some order explains all that was answered; tried one after the other."""
    called, returned, refused = {}, {}, set()
    for moment, (what, operation) in enumerate(moments):
        if what == "complete":
            returned[operation] = moment
        else:
            called[operation] = moment
            (refused.add if what == "refuse" else refused.discard)(operation)
    asked = [operation for operation in called if operation not in refused]
    tried, waiting = set(), [(frozenset(), model.initial)]
    while waiting:
        done, state = waiting.pop()
        left = [operation for operation in asked if operation not in done]
        horizon = min((returned[operation] for operation in left if operation in returned), default=None)
        if horizon is None:
            return True
        for operation in left:
            if called[operation] < horizon:
                after = model.step(state, operation.command, operation.result if operation in returned else UNKNOWN)
                if after is not None and (found := (done | {operation}, after)) not in tried:
                    tried.add(found)
                    waiting.append(found)
    return False


def registers(dice: Dice, unique: bool = True, refusals: bool = True, keys: int = 1):
    """Gets and puts of a few clients of a store that mostly does what it says; some are refused, or never answered."""
    story, open_, written, asked = Story(), {}, [None], 0
    clients, length = dice.between(2, 4), dice.between(2, 9)
    honest, state, done = dice.chance(0.7), {}, set()

    def happens(operation):
        """An honest store does it at some moment before it answers."""
        if operation not in done:
            done.add(operation)
            if operation.command[0] == "put":
                state[operation.command[1]] = operation.command[2]
            else:
                found[operation] = state.get(operation.command[1])

    found = {}
    while asked < length or open_:
        who = dice.below(clients)
        operation = open_.get(who)
        if operation is None:
            if asked < length:
                asked += 1
                key = "xyz"[dice.below(keys)]
                if dice.chance(0.5):
                    written.append(asked if unique or dice.chance(0.7) else dice.pick(written))
                    open_[who] = story.asks(f"s{who}", "put", key, written[-1])
                else:
                    open_[who] = story.asks(f"s{who}", "get", key)
            continue
        roll = dice.roll()
        if roll < 0.1:
            del open_[who]
        elif roll < 0.2 and refusals and operation not in done:
            story.refused(operation)
            if dice.chance(0.5):
                story.asks_again(operation)
            else:
                del open_[who]
        elif roll < 0.5:
            happens(operation)
        else:
            happens(operation)
            del open_[who]
            lie = dice.chance(0.15 if honest else 0.6)
            guess = dice.pick(written[-4:]) if dice.chance(0.9) else -1
            story.told(operation, True if operation.command[0] == "put" else guess if lie else found[operation])
    return story
