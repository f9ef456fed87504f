"""Several streams of speech on one connection, as a dialect that can name them would have it."""

from __future__ import annotations

import pytest
from tests.session.factories import RATE_HZ, make_service, pcm

from tts_server.errors import BusyError, LocalProtocolError
from tts_server.limits import Limits
from tts_server.protocol import events as ev
from tts_server.session.context import Context, ContextSettings
from tts_server.session.effects import Cancel, CutPlayout, Effect, Send, SendInstead, Submit
from tts_server.session.ids import Ids
from tts_server.session.inputs import (
    Admitted,
    Failed,
    Finished,
    Gone,
    Input,
    Left,
    Opened,
    Produced,
    Received,
    Refused,
    Released,
)
from tts_server.session.machine import SessionMachine
from tts_server.session.response import Responses, ResponseState
from tts_server.session.terms import STANDARD_TERMS, Terms
from tts_server.speech.capabilities import AudioFormat
from tts_server.speech.choices import NOTHING_CHOSEN, Wish
from tts_server.speech.made import Made
from tts_server.speech.words import WordTime
from tts_server.text.heard import Split


class House:
    """A session that may have three contexts."""

    def __init__(self, max_contexts: int = 3) -> None:
        terms = Terms(max_contexts=max_contexts, context=ContextSettings(max_lead_s=4.0))
        self.machine = SessionMachine("sess_contexts", make_service(), Limits(), terms)
        self.tell(Opened())

    def tell(self, given: Input) -> list[Effect]:
        return self.machine.handle(given, 0.0)

    def append(self, text: str, context_id: str | None = None) -> list[Effect]:
        return self.tell(Received(ev.AppendText(text, context_id=context_id)))

    def submit(self, context_id: str | None = None) -> Submit:
        effect = self.tell(Received(ev.CommitText(context_id=context_id)))[-1]
        assert isinstance(effect, Submit)
        return effect

    def speak(self, text: str, context_id: str | None = None) -> str:
        self.append(text, context_id)
        response_id = self.submit(context_id).response_id
        self.tell(Admitted(response_id))
        return response_id

    def cancel(self, context_id: str | None = None, response_id: str | None = None) -> list[Effect]:
        return self.tell(Received(ev.CancelResponse(response_id=response_id, context_id=context_id)))


def cancelled(effects: list[Effect]) -> list[str]:
    return [event.response_id for one in effects if isinstance(one, SendInstead) for event in one.events]


def test_each_context_has_a_buffer_of_its_own() -> None:
    house = House()
    house.append("one ")
    house.append("two", "b")
    house.append("three")
    assert house.machine.buffered_chars == 12
    assert house.submit("b").request.text == "two"
    assert house.submit().request.text == "one three"


def test_a_context_is_a_stream_of_its_own_and_the_one_without_a_name_is_the_connections() -> None:
    house = House()
    house.append("one")
    house.append("two", "b")
    assert [(s.stream_id, s.max_lead_s) for s in (house.submit(), house.submit("b"))] == [
        (None, 4.0),
        ("b", 4.0),
    ]


def test_the_name_of_the_context_without_a_name_is_default() -> None:
    house = House()
    house.append("one ")
    house.append("two", "default")
    assert house.submit("default").request.text == "one two"


def test_responses_of_all_contexts_are_live_side_by_side_and_each_ends_for_itself() -> None:
    house = House()
    first, second = house.speak("one"), house.speak("two", "b")
    assert house.machine.live_responses == (first, second)
    assert [type(effect) for effect in house.tell(Produced(second, Made(pcm(20))))] == [Send]
    assert isinstance(house.tell(Finished(second))[-1], Send)
    assert house.machine.response_state(second) is ResponseState.ENDING
    assert house.tell(Left(second)) == []
    assert list(house.machine.live_responses) == [first]


def test_a_cancel_stops_its_context_alone_and_cuts_its_stream_alone() -> None:
    house = House()
    first, second = house.speak("one"), house.speak("two", "b")
    effects = house.cancel("b")
    assert cancelled(effects) == [second]
    assert effects[1:] == [Cancel(second), CutPlayout("b")]
    assert house.machine.live_responses == (first,)
    assert house.cancel("b") == house.cancel("nobody's") == house.cancel(response_id="resp_x") == []
    assert cancelled(house.cancel()) == [first]
    assert house.tell(Released(first)) == house.tell(Released(second)) == []


def test_a_response_is_found_by_its_name_in_whatever_context() -> None:
    house = House()
    house.speak("one")
    second = house.speak("two", "b")
    assert house.cancel(response_id=second)[1:] == [Cancel(second), CutPlayout("b")]


def test_a_refusal_leaves_the_text_in_its_context() -> None:
    house = House()
    house.append("two", "b")
    response_id = house.submit("b").response_id
    house.tell(Refused(response_id, BusyError("No room.", retry_after_ms=9)))
    assert house.submit("b").request.text == "two"
    with pytest.raises(LocalProtocolError, match=f"Admitted: there is no response {response_id}"):
        house.tell(Admitted(response_id))


def test_clearing_a_context_leaves_the_others() -> None:
    house = House()
    house.append("one")
    house.append("two", "b")
    house.tell(Received(ev.ClearText(context_id="b")))
    assert house.machine.buffered_chars == 3


def test_there_are_no_more_contexts_than_may_be() -> None:
    house = House(max_contexts=2)
    house.append("one")
    house.append("two", "b")
    (refused,) = house.append("three", "c")
    assert isinstance(refused, Send)
    assert isinstance(refused.event, ev.ErrorOccurred)
    assert refused.event.error.code == "invalid_config"
    assert house.machine.buffered_chars == 6
    assert house.append("more", "b") == []


def test_what_is_refused_or_changes_nothing_begins_no_context() -> None:
    house = House(max_contexts=2)
    refused = (
        house.append("x" * 3000, "b"),
        house.tell(Received(ev.AppendText("c", text_format="song", context_id="c"))),
        house.tell(Received(ev.CommitText(context_id="d"))),
    )
    events = [one.event for (one,) in refused if isinstance(one, Send)]
    codes = [event.error.code for event in events if isinstance(event, ev.ErrorOccurred)]
    assert codes == ["payload_too_large", "invalid_config", "buffer_empty"]
    (answer,) = house.tell(Received(ev.ClearText(context_id="e")))
    assert isinstance(answer, Send)
    assert isinstance(answer.event, ev.TextCleared)
    assert house.append("two", "f") == []
    assert house.submit("f").request.text == "two"


def test_the_end_of_the_connection_stops_all_contexts() -> None:
    house = House()
    first, second = house.speak("one"), house.speak("two", "b")
    assert house.tell(Gone()) == [Cancel(first), Cancel(second)]
    assert house.tell(Released(first)) == house.tell(Released(second)) == []


def test_the_end_of_the_session_stops_all_contexts_and_takes_back_what_waits() -> None:
    house = House()
    first, second = house.speak("one"), house.speak("two", "b")
    house.tell(Finished(first))
    effects = house.tell(Received(ev.CancelSession()))
    assert cancelled(effects) == [first, second]
    assert CutPlayout(None) in effects
    assert CutPlayout("b") in effects
    assert house.machine.response_state(first) is None
    assert house.machine.response_state(second) is ResponseState.CANCELLED


def test_a_context_knows_its_own_responses_alone() -> None:
    context = Context("c", make_service(), Limits(), Ids("sess_own"))
    with pytest.raises(LocalProtocolError, match=r"^Finished: there is no response resp_x$"):
        context.handle(Finished("resp_x"), 0.0)


# --- what was heard -----------------------------------------------------------------------------------------


class Listened:
    """A context that remembers when its words sound; each response makes one second of sound a word."""

    def __init__(self, *, keeps_words: bool = True) -> None:
        settings = ContextSettings(keeps_words=keeps_words)
        self.context = Context("c", make_service(), Limits(), Ids("sess_heard"), settings)

    def submit(self, text: str) -> str:
        self.context.append(text)
        request, _ = self.context.request(Wish(), NOTHING_CHOSEN)
        return self.context.submit(request, None).response_id

    def speak(self, text: str, n_words: int | None = None, *, ends: bool = True) -> str:
        response_id = self.submit(text)
        self.context.handle(Admitted(response_id), 0.0)
        char = 0
        for number, word in enumerate(text.split()[:n_words]):
            char = text.index(word, char) + len(word)
            known = (WordTime(word, number + 0.2, number + 0.9, char - len(word), char),)
            self.context.handle(Produced(response_id, Made(pcm(RATE_HZ), RATE_HZ, 1.0, known)), 0.0)
        if ends:
            self.context.handle(Finished(response_id), 0.0)
        return response_id


def test_what_was_heard_counts_over_the_responses_of_a_context() -> None:
    listened = Listened()
    listened.speak("One two. ")
    listened.speak("Three four.")
    listened.context.append(" Five.")
    split = listened.context.split
    assert split(1.1) == Split("One", " two. Three four. Five.")
    assert split(2.1) == Split("One two. ", "Three four. Five.")
    assert split(2.3) == Split("One two. Three", " four. Five.")
    assert split(99.0) == Split("One two. Three four.", " Five.")


def test_what_fails_or_is_cancelled_was_heard_as_far_as_it_came() -> None:
    listened = Listened()
    failed = listened.speak("One two three. ", 1, ends=False)
    listened.context.handle(Failed(failed, LocalProtocolError("x")), 0.0)
    stopped = listened.speak("Four five. ", 1, ends=False)
    listened.context.responses.cancel(None, stopped)
    late = (WordTime("five.", 1.2, 1.9, 5, 10),)
    listened.context.handle(Produced(stopped, Made(pcm(5), 5, 0.005, late)), 0.0)
    listened.context.handle(Released(stopped), 0.0)
    assert listened.context.split(0.5) == Split("One", " two three. Four five. ")
    assert listened.context.split(99.0) == Split("One two three. Four", " five. ")


def test_a_refused_response_and_a_cleared_buffer_leave_no_trace() -> None:
    listened = Listened()
    response_id = listened.submit("One. ")
    listened.context.handle(Refused(response_id, BusyError("No room.", retry_after_ms=9)), 0.0)
    assert listened.context.split(9.0) == Split("", "One. ")
    listened.context.clear()
    assert listened.context.split(9.0) == Split("", "")
    listened.speak("Two.")
    assert listened.context.split(9.0) == Split("Two.", "")


def test_a_word_reaches_no_further_than_the_text_of_its_response() -> None:
    listened = Listened()
    response_id = listened.speak("One.", 0, ends=False)
    listened.context.append(" Two.")
    beyond = (WordTime("One.", 0.1, 0.9, 0, 99),)
    listened.context.handle(Produced(response_id, Made(pcm(RATE_HZ), RATE_HZ, 1.0, beyond)), 0.0)
    assert listened.context.split(0.5) == Split("One.", " Two.")
    listened.context.clear()
    assert listened.context.split(0.5) == Split("One.", "")


def test_a_context_that_keeps_no_words_knows_nothing() -> None:
    listened = Listened(keeps_words=False)
    listened.speak("One two.")
    listened.context.append("Three.")
    listened.context.clear()
    assert listened.context.split(1.0) is None


def test_what_concerns_no_response_is_a_mistake() -> None:
    house = House()
    with pytest.raises(LocalProtocolError, match=r"^Left: there is no response resp_1$"):
        house.tell(Left("resp_1"))
    responses = Responses(AudioFormat(RATE_HZ), Ids("sess_contexts"), None)
    with pytest.raises(LocalProtocolError, match=r"^Left: there is no response resp_1$"):
        responses.handle(Left("resp_1"), 0.0)


def test_the_end_of_a_session_cancels_what_is_spoken_in_every_context() -> None:
    house = House()
    first, second = house.speak("one"), house.speak("two", "b")
    assert cancelled(house.tell(Received(ev.CancelSession()))) == [first, second]
    assert house.machine.live_responses == ()


def test_a_response_whose_end_had_not_left_is_forgotten_when_it_is_cancelled() -> None:
    house = House()
    response_id = house.speak("two", "b")
    house.tell(Finished(response_id))
    assert cancelled(house.cancel("b")) == [response_id]
    assert house.machine.response_state(response_id) is None
    assert not house.machine._contexts._of_response


def test_a_context_of_which_nothing_is_said_keeps_no_words_and_may_be_ahead_without_bound() -> None:
    assert ContextSettings() == ContextSettings(keeps_words=False, max_lead_s=None)


def test_what_failed_or_ended_after_its_cancel_was_not_heard_to_its_end() -> None:
    listened = Listened()
    failed = listened.speak("One two.", 1, ends=False)
    listened.context.handle(Failed(failed, LocalProtocolError("x")), 0.0)
    assert listened.context.split(99.0) == Split("One", " two.")
    listened = Listened()
    stopped = listened.speak("One two.", 1, ends=False)
    listened.context.responses.cancel(None, stopped)
    listened.context.handle(Finished(stopped), 0.0)
    assert listened.context.split(99.0) == Split("One", " two.")


def test_nothing_is_kept_of_responses_that_are_over() -> None:
    listened = Listened()
    listened.speak("One two.")
    assert not listened.context._spoken
    house = House()
    first, second = house.speak("one"), house.speak("two", "b")
    house.tell(Finished(first))
    house.tell(Left(first))
    assert list(house.machine._contexts._of_response) == [second]
    house.tell(Finished(second))
    house.tell(Received(ev.CancelSession()))
    assert not house.machine._contexts._of_response


def test_a_session_of_which_nothing_is_said_has_one_context() -> None:
    assert STANDARD_TERMS.max_contexts == 1
