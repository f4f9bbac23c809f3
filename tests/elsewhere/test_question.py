"""What goes through the pipe comes back."""

import msgspec

from splitbrain.elsewhere.imprint import Imprint
from splitbrain.elsewhere.question import LENGTH, Answer, Question, Result, framed, length

QUESTION = Question(
    files=(b"{}\n",), hosts=("trio",), expected=(Imprint("ab", b"\0\1\2\xff"),), path=("/a", ""), folder="/b", cpu=3
)
ANSWER = Answer((Result("ab", "cd", "Agreement(Decided, Decided)", 3, "Sent(...)"),), None, ("pump",))


def test_a_message_is_framed_by_its_length_and_is_the_same_on_the_other_side():
    for message in (QUESTION, ANSWER):
        content = framed(message)
        assert length(content) == len(content)
        assert msgspec.msgpack.decode(content[LENGTH:], type=type(message)) == message
