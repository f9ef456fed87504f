"""One connection's rules, one by one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.session.factories import (
    RATE_HZ,
    events,
    make_machine,
    make_service,
    only,
    pcm,
    produced,
    speak,
    submit,
)

from tts_server.errors import (
    BusyError,
    LocalProtocolError,
    RemoteProtocolError,
    SynthesisError,
    TTSServerError,
)
from tts_server.limits import Limits
from tts_server.protocol import events as ev
from tts_server.session.effects import Effect, Note, ReportStatus, Send, Submit
from tts_server.session.inputs import (
    Admitted,
    Failed,
    Finished,
    Left,
    Opened,
    Received,
    Refused,
    Released,
    Reported,
    Unreadable,
)
from tts_server.session.machine import SessionMachine, SessionState
from tts_server.session.response import ResponseState
from tts_server.speech.capabilities import AudioFormat
from tts_server.speech.request import SpeechRequest


def error_of(effects: list[Effect]) -> ev.ErrorOccurred:
    return only(effects, ev.ErrorOccurred)


# --- opening ------------------------------------------------------------------------------------------------


def test_hello_tells_what_the_service_is() -> None:
    machine = make_machine(opened=False, max_text_chars=7)
    hello = only(machine.handle(Opened(), 1.0), ev.Hello)
    service = make_service()
    assert (hello.backend, hello.audio, hello.capabilities) == (
        service.backend,
        service.audio,
        service.capabilities,
    )
    assert (hello.event_id, hello.max_text_chars, hello.protocol_version) == ("evt_1", 7, "0.1")
    assert machine.state is SessionState.OPEN


def test_a_session_is_opened_once() -> None:
    with pytest.raises(LocalProtocolError, match=r"^in the state open a session takes no Opened$"):
        make_machine().handle(Opened(), 0.0)


def test_nothing_is_received_before_the_hello() -> None:
    with pytest.raises(LocalProtocolError, match="in the state new a session takes no ClearText"):
        make_machine(opened=False).handle(Received(ev.ClearText()), 0.0)


# --- session.update -----------------------------------------------------------------------------------------


def test_the_first_update_creates_and_later_ones_update() -> None:
    machine = make_machine()
    created = only(machine.handle(Received(ev.UpdateSession("a", voice="bob")), 0.0), ev.SessionCreated)
    assert (created.event_id, created.previous_event_id) == ("evt_2", "a")
    assert created.session == ev.SessionState("sess_abcdefgh1234", "bob", "sine", "en", {}, "pcm16")
    updated = only(
        machine.handle(Received(ev.UpdateSession(language="FR", extras={"speed": 2})), 0.0), ev.SessionUpdated
    )
    assert updated.previous_event_id is None
    assert updated.session == ev.SessionState("sess_abcdefgh1234", "bob", "sine", "fr", {"speed": 2}, "pcm16")


def test_a_refused_update_changes_nothing_and_does_not_create() -> None:
    machine = make_machine()
    bad = ev.UpdateSession("a", voice="bob", language="xx", extras={"speed": 2})
    error = error_of(machine.handle(Received(bad), 0.0))
    assert (error.error.code, error.previous_event_id, error.error.event_id) == ("invalid_config", "a", "a")
    created = only(machine.handle(Received(ev.UpdateSession()), 0.0), ev.SessionCreated)
    assert created.session == ev.SessionState("sess_abcdefgh1234", "amy", "sine", "en", {}, "pcm16")


def test_an_update_to_another_model_is_refused_and_one_to_the_loaded_model_is_not() -> None:
    machine = make_machine()
    error = error_of(machine.handle(Received(ev.UpdateSession("m", model="square", voice="bob")), 0.0))
    assert (error.error.code, error.previous_event_id) == ("invalid_config", "m")
    assert error.error.message == "the model 'square' is not loaded; accepted is: sine"
    created = only(machine.handle(Received(ev.UpdateSession(model="sine")), 0.0), ev.SessionCreated)
    assert (created.session.model, created.session.voice) == ("sine", "amy")


def test_an_update_to_another_format_is_refused_and_one_to_the_services_own_is_not() -> None:
    machine = make_machine()
    error = error_of(machine.handle(Received(ev.UpdateSession("f", audio_format="mulaw", voice="bob")), 0.0))
    assert (error.error.code, error.previous_event_id) == ("unsupported_format", "f")
    assert error.error.message == "the audio format 'mulaw' is not supported; accepted is: pcm16"
    created = only(machine.handle(Received(ev.UpdateSession(audio_format="pcm16")), 0.0), ev.SessionCreated)
    assert (created.session.audio_format, created.session.voice) == ("pcm16", "amy")


def test_the_session_tells_the_services_own_format() -> None:
    service = replace(make_service(), audio=AudioFormat(RATE_HZ, "pcm24"))
    created = only(make_machine(service=service).handle(Received(ev.UpdateSession()), 0.0), ev.SessionCreated)
    assert created.session.audio_format == "pcm24"


def test_dropped_extras_are_noted_before_the_answer() -> None:
    effects = make_machine().handle(Received(ev.UpdateSession(extras={"zzz": 1})), 0.0)
    assert effects[0] == Note("debug", "the extra 'zzz' is not one of this backend's and was dropped")
    assert isinstance(events(effects)[0], ev.SessionCreated)


@pytest.mark.parametrize(("n_keys", "end"), [(10, "'k9' are not"), (11, "'k9' and 1 more are not")])
def test_no_more_than_ten_dropped_extras_are_named(n_keys: int, end: str) -> None:
    note = make_machine().handle(Received(ev.UpdateSession(extras={f"k{n}": n for n in range(n_keys)})), 0.0)[
        0
    ]
    assert isinstance(note, Note)
    assert f"{end} this backend's and were dropped" in note.message


def test_many_dropped_extras_are_noted_in_one_line() -> None:
    two = make_machine().handle(Received(ev.UpdateSession(extras={"zzz": 1, "y\n": 1, "speed": 1})), 0.0)
    assert two[0] == Note("debug", r"the extras 'zzz', 'y\n' are not this backend's and were dropped")
    for kind in (ev.UpdateSession, ev.CommitText):
        machine = make_machine()
        machine.handle(Received(ev.AppendText("text")), 0.0)
        effects = machine.handle(Received(kind(extras={f"k{n}": n for n in range(20_000)})), 0.0)
        assert len(effects) == 2
        assert isinstance(effects[0], Note)
        assert effects[0].message.startswith("the extras 'k0', 'k1', 'k2', ")
        assert effects[0].message.endswith("'k9' and 19990 more are not this backend's and were dropped")


# --- the buffer ---------------------------------------------------------------------------------------------


def test_appended_pieces_are_spoken_as_one() -> None:
    machine = make_machine()
    assert machine.handle(Received(ev.AppendText("Hello, ")), 0.0) == []
    assert machine.handle(Received(ev.AppendText("wörld 😀", text_format="plain")), 0.0) == []
    assert machine.buffered_chars == 14
    assert machine.handle(Received(ev.CommitText()), 0.0) == [
        Submit("resp_abcdefgh_1", SpeechRequest("Hello, wörld 😀", "amy", "en", {}))
    ]


def test_text_up_to_the_limit_is_kept_and_one_character_more_is_refused() -> None:
    machine = make_machine(max_text_chars=5)
    assert machine.handle(Received(ev.AppendText("😀😀😀")), 0.0) == []
    error = error_of(machine.handle(Received(ev.AppendText("abc", "e")), 0.0))
    assert (error.error.code, error.previous_event_id) == ("payload_too_large", "e")
    assert error.error.message == (
        "3 characters more would make 6; accepted in one commit are at most 5, and 3 are buffered"
    )
    assert machine.handle(Received(ev.AppendText("ab")), 0.0) == []
    assert submit(machine, "").request.text == "😀😀😀ab"


def test_another_text_format_is_refused_and_nothing_appended() -> None:
    machine = make_machine()
    error = error_of(machine.handle(Received(ev.AppendText("<b>", text_format="ssml")), 0.0))
    assert error.error.code == "invalid_config"
    assert error.error.message == "the text format 'ssml' is not supported; accepted are: plain"
    assert machine.buffered_chars == 0


def test_clear_empties_the_buffer() -> None:
    machine = make_machine()
    machine.handle(Received(ev.AppendText("text")), 0.0)
    assert only(machine.handle(Received(ev.ClearText("c")), 0.0), ev.TextCleared).previous_event_id == "c"
    assert machine.buffered_chars == 0
    assert error_of(machine.handle(Received(ev.CommitText()), 0.0)).error.code == "buffer_empty"


def test_a_commit_of_nothing_is_refused() -> None:
    error = error_of(make_machine().handle(Received(ev.CommitText("c")), 0.0))
    assert (error.error.code, error.previous_event_id) == ("buffer_empty", "c")
    assert error.error.message == "the buffer is empty; append text before the commit"
    assert error.error.type == "invalid_request_error"


@pytest.mark.parametrize("text", [" ", " \n", "\t\r\n\v\f", "\u00a0\u2003\u2028\u3000\u0085"])
def test_a_commit_of_white_space_alone_is_refused_and_the_buffer_stays(text: str) -> None:
    machine = make_machine()
    machine.handle(Received(ev.AppendText(text)), 0.0)
    error = error_of(machine.handle(Received(ev.CommitText("c")), 0.0))
    assert (error.error.code, error.previous_event_id) == ("buffer_empty", "c")
    assert error.error.message == "the buffer holds white space alone; append text before the commit"
    assert machine.buffered_chars == len(text)
    assert submit(machine, "word").request.text == f"{text}word"


@pytest.mark.parametrize("text", ["\u200b", "\ufeff", ".", "🙂", " . ", "\x00"])
def test_text_with_nothing_to_speak_is_text(text: str) -> None:
    assert submit(make_machine(), text).request.text == text


# --- input_text.commit --------------------------------------------------------------------------------------


def test_a_commits_settings_hold_for_it_alone() -> None:
    machine = make_machine()
    machine.handle(Received(ev.UpdateSession(voice="bob", extras={"speed": 1.5, "pitch": 1})), 0.0)
    machine.handle(Received(ev.AppendText("a")), 0.0)
    commit = ev.CommitText(voice="fleur", extras={"speed": 0.5, "zzz": 1})
    note, first = machine.handle(Received(commit), 0.0)
    assert isinstance(note, Note)
    assert first == Submit("resp_abcdefgh_1", SpeechRequest("a", "fleur", "fr", {"speed": 0.5, "pitch": 1}))
    machine.handle(Refused("resp_abcdefgh_1", BusyError("Later.", retry_after_ms=5)), 0.0)
    assert submit(machine, "b") == Submit(
        "resp_abcdefgh_2", SpeechRequest("ab", "bob", "en", {"speed": 1.5, "pitch": 1})
    )


def test_a_bad_commit_asks_for_no_slot_and_keeps_the_text() -> None:
    machine = make_machine()
    machine.handle(Received(ev.AppendText("text")), 0.0)
    error = error_of(machine.handle(Received(ev.CommitText("c", voice="nobody")), 0.0))
    assert (error.error.code, error.previous_event_id) == ("invalid_config", "c")
    assert machine.buffered_chars == 4


def test_an_admitted_commit_is_answered_and_takes_the_text() -> None:
    machine = make_machine()
    response_id = submit(machine, "text", "c").response_id
    assert machine.buffered_chars == 4
    assert machine.response_state(response_id) is ResponseState.SUBMITTED
    assert machine.handle(Admitted(response_id), 0.0) == [
        Send(ev.TextCommitted("evt_2", response_id, "c")),
        Send(ev.ResponseCreated("evt_3", response_id)),
    ]
    assert machine.buffered_chars == 0
    assert machine.live_responses == (response_id,)
    assert machine.response_state(response_id) is ResponseState.LIVE


def test_a_refused_commit_keeps_the_text_and_says_when_to_come_back() -> None:
    machine = make_machine()
    response_id = submit(machine, "text", "c").response_id
    effects = machine.handle(Refused(response_id, BusyError("Too much.", retry_after_ms=70)), 0.0)
    assert effects == [
        Send(ev.ErrorOccurred("evt_2", ev.ErrorDetail("rate_limit_error", "busy", "Too much.", "c", 70), "c"))
    ]
    assert machine.buffered_chars == 4
    assert machine.response_state(response_id) is None
    assert submit(machine, "").request.text == "text"


# --- audio --------------------------------------------------------------------------------------------------


def test_audio_is_cut_into_frames_and_ends_in_its_true_duration() -> None:
    machine = make_machine()
    response_id = speak(machine)
    assert machine.handle(produced(response_id, pcm(19)), 0.0) == []
    assert machine.handle(produced(response_id, pcm(24)), 0.0) == [
        Send(ev.AudioDelta("evt_4", response_id, 0, pcm(20))),
        Send(ev.AudioDelta("evt_5", response_id, 1, pcm(20))),
    ]
    assert machine.handle(Finished(response_id), 0.0) == [
        Send(ev.AudioDelta("evt_6", response_id, 2, pcm(3))),
        Send(ev.AudioDone("evt_7", response_id, 43.0)),
    ]
    assert machine.live_responses == ()
    assert machine.response_state(response_id) is ResponseState.ENDING
    assert machine.handle(Left(response_id), 0.0) == []
    assert machine.response_state(response_id) is None


def test_a_response_without_audio_ends_in_done_after_no_time() -> None:
    machine = make_machine()
    response_id = speak(machine, "...")
    assert machine.handle(Finished(response_id), 0.0) == [Send(ev.AudioDone("evt_4", response_id, 0.0))]


def test_a_duration_is_given_to_the_microsecond() -> None:
    service = replace(make_service(), audio=AudioFormat(24000))
    machine = SessionMachine("x", service, Limits())
    machine.handle(Opened(), 0.0)
    response_id = speak(machine)
    assert response_id == "resp_x_1"
    machine.handle(produced(response_id, pcm(1)), 0.0)
    assert events(machine.handle(Finished(response_id), 0.0))[-1] == ev.AudioDone("evt_5", response_id, 0.042)


def test_a_failed_response_leaves_the_session_usable() -> None:
    machine = make_machine()
    response_id = speak(machine)
    failed = only(
        machine.handle(Failed(response_id, SynthesisError("No voice today.")), 0.0), ev.ResponseFailed
    )
    assert failed.response_id == response_id
    assert failed.error == ev.ErrorDetail("server_error", "backend_error", "No voice today.")
    assert speak(machine) == "resp_abcdefgh_2"


def test_the_cause_of_our_own_fault_is_not_told() -> None:
    machine = make_machine()
    failed = only(
        machine.handle(Failed(speak(machine), TTSServerError("/home/me: secret")), 0.0), ev.ResponseFailed
    )
    assert (failed.error.code, failed.error.message) == (
        "internal_error",
        "the server made a mistake; its log says more",
    )


# --- server.status ------------------------------------------------------------------------------------------


def test_status_asks_for_the_servers_numbers_and_adds_its_own() -> None:
    machine = make_machine()
    machine.handle(Received(ev.AppendText("four")), 0.0)
    assert machine.handle(Received(ev.RequestStatus("s")), 0.0) == [ReportStatus("s")]
    status = only(machine.handle(Reported("s", 3, 1.23456, 99), 0.0), ev.ServerStatus)
    service = make_service()
    assert status == ev.ServerStatus(
        "evt_2",
        "sess_abcdefgh1234",
        service.backend,
        service.audio,
        queue_depth=3,
        voice_count=4,
        voices=("amy", "bob", "fleur", "hum"),
        buffered_chars=4,
        uptime_seconds=1.235,
        pid=99,
        previous_event_id="s",
    )


# --- errors in messages -------------------------------------------------------------------------------------


def test_an_unreadable_message_is_answered_with_its_id() -> None:
    machine = make_machine()
    error = error_of(
        machine.handle(Unreadable(RemoteProtocolError("No.", code="invalid_json", event_id="e")), 0.0)
    )
    assert error == ev.ErrorOccurred(
        "evt_2", ev.ErrorDetail("invalid_request_error", "invalid_json", "No.", "e"), "e"
    )


# --- mistakes of the driver ---------------------------------------------------------------------------------


def test_an_outcome_that_does_not_fit_is_the_drivers_mistake() -> None:
    machine = make_machine()
    with pytest.raises(LocalProtocolError, match="Produced: there is no response resp_1"):
        machine.handle(produced("resp_1", b""), 0.0)
    response_id = speak(machine)
    with pytest.raises(LocalProtocolError, match=f"Admitted: the response {response_id} is live"):
        machine.handle(Admitted(response_id), 0.0)
    with pytest.raises(LocalProtocolError, match=f"Released: the response {response_id} is live"):
        machine.handle(Released(response_id), 0.0)
