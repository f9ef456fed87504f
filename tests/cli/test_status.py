"""``status``, ``voices``, ``models`` and ``config show`` in this process, against servers in a thread."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import pytest
from tests.tone_server import serving_aside

from tts_server import cli
from tts_server.backends import registry
from tts_server.backends.base import Model, ProgressCallback
from tts_server.backends.kokoro.prepare import weights
from tts_server.backends.models import ModelCatalog, ModelListing, VerifiedModel
from tts_server.backends.tone import ToneModel
from tts_server.config.environment import default_socket_path
from tts_server.endpoint import Endpoint
from tts_server.errors import LocalProtocolError
from tts_server.speech.capabilities import Capabilities


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """A server on the default socket."""
    with serving_aside(default_socket_path()) as endpoint:
        yield endpoint


def test_status_prints_every_field(endpoint: Endpoint, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["status"]) == 0
    rows = dict(line.split(":", 1) for line in capsys.readouterr().out.splitlines())
    shown = {name: value.strip() for name, value in rows.items()}
    assert shown["backend"] == "tone"
    assert shown["model"] == "tone-1"
    assert shown["audio"] == "pcm16, 24000 Hz, mono"
    assert (shown["streaming"], shown["binary audio"], shown["voice count"]) == ("yes", "no", "5")
    assert shown["voices"] == "alto, bass, soprano, tenor, viola"
    assert (shown["queue depth"], shown["buffered chars"]) == ("0", "0")
    assert shown["session"].startswith("sess_")
    assert {"uptime", "pid", "endpoint"} <= shown.keys()
    assert shown["endpoint"] == endpoint.socket_path


@pytest.mark.usefixtures("endpoint")
def test_status_as_json_is_what_the_server_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["status", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["hello"]["type"] == "server.hello"
    assert shown["hello"]["audio"] == {"format": "pcm16", "rate": 24000, "channels": 1}
    assert shown["status"]["type"] == "server.status"
    assert {"session_id", "uptime_seconds", "pid", "queue_depth"} <= shown["status"].keys()


def test_status_falls_back_to_the_socket_of_its_variable(
    short_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TTS_WS_DEFAULT_SOCKET", str(short_dir / "other.sock"))
    with serving_aside(short_dir / "other.sock"):
        assert cli.main(["status"]) == 0
    assert "other.sock" in capsys.readouterr().out


def test_status_of_nobody_fails_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["status"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert "no server is listening" in captured.err


def test_status_of_a_silent_server_ends_in_time(short_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(short_dir / "silent.sock")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        assert cli.main(["status", "--socket-path", path, "--timeout", "0.2"]) == 1
    assert "did not answer within 0.2 s" in capsys.readouterr().err


def test_status_with_a_token_file(
    short_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    token_file = tmp_path / "token"
    token_file.write_text("sesame\n")
    token_file.chmod(0o600)
    path = short_dir / "tts.sock"
    with serving_aside(path, auth_token="sesame"):
        assert cli.main(["status", "--socket-path", str(path)]) == 1
        assert "asks for a token" in capsys.readouterr().err
        flags = ["--socket-path", str(path), "--auth-token-file", str(token_file)]
        assert cli.main(["status", *flags]) == 0
        token_file.chmod(0o644)
        assert cli.main(["status", *flags]) == 2


def test_status_warns_of_a_token_sent_in_the_clear(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TTS_WS_TOKEN", "sesame")
    assert cli.main(["status", "--uri", "ws://256.0.0.1:1", "--timeout", "2"]) == 1
    err = capsys.readouterr().err
    assert "in the clear" in err
    assert "sesame" not in err


@pytest.mark.usefixtures("endpoint")
def test_voices_of_the_running_server(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["voices", "--json"]) == 0
    voices = json.loads(capsys.readouterr().out)
    assert [voice["name"] for voice in voices] == ["alto", "bass", "soprano", "tenor", "viola"]
    assert cli.main(["voices", "--language", "es"]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == ["soprano  es-es     female"]


def test_voices_of_an_installed_backend_need_no_server(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["voices", "--backend", "tone"]) == 0
    assert "bass     en-gb     male" in capsys.readouterr().out


def test_voices_of_a_server_that_was_named_and_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["voices", "--socket-path", "/nonexistent.sock"]) == 1
    assert "no server is listening" in capsys.readouterr().err


def test_voices_of_a_backend_are_asked_for_before_it_is_loaded(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: ToneModel) -> Capabilities:
        raise LocalProtocolError("not loaded")

    monkeypatch.setattr(ToneModel, "capabilities", property(fail))
    assert cli.main(["voices", "--backend", "tone"]) == 0
    assert "alto" in capsys.readouterr().out
    monkeypatch.setattr(ToneModel, "list_voices", Model.list_voices)
    assert cli.main(["voices", "--backend", "tone"]) == 2
    assert "only while it runs" in capsys.readouterr().err


class Whistles(ModelCatalog):
    """The models of a backend of another distribution."""

    def list_models(self) -> list[ModelListing]:
        return [ModelListing("whistle-1", "a whistle", 12_000_000, installed=True, default=True)]

    def paths(self, model: str | None) -> list[Path]:
        return [Path(f"/whistles/{model}")]

    def verify(self, model: str | None, progress: ProgressCallback) -> VerifiedModel:
        progress("listening", 1.0)
        return VerifiedModel(str(model), "a whistle", "00" * 32)


def test_models_of_another_distribution_are_found(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    points = {
        registry.GROUP: EntryPoint("whistle", "tts_server.backends.tone:ToneModel", registry.GROUP),
        registry.MODELS_GROUP: EntryPoint("whistle", f"{__name__}:Whistles", registry.MODELS_GROUP),
    }
    monkeypatch.setattr(registry, "entry_points", lambda group: [*entry_points(group=group), points[group]])
    monkeypatch.setitem(sys.modules, __name__, sys.modules[Whistles.__module__])
    assert cli.main(["models", "list", "--json"]) == 0
    listed = [(model["backend"], model["name"]) for model in json.loads(capsys.readouterr().out)]
    assert {("kokoro", "kokoro-v1.0.int8"), ("whistle", "whistle-1")} <= set(listed)
    assert cli.main(["models", "path", "whistle-1"]) == 0
    assert capsys.readouterr().out == "/whistles/whistle-1\n"
    assert cli.main(["models", "verify", "--backend", "whistle", "mine"]) == 0
    assert "mine is sound: a whistle" in capsys.readouterr().out


def test_backend_whose_models_are_no_files_has_none_to_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["models", "list", "--backend", "tone"]) == 2
    assert "no models that are files" in capsys.readouterr().err


def test_models_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["models", "list", "--json"]) == 0
    models = json.loads(capsys.readouterr().out)
    assert [model["name"] for model in models if model["default"]] == ["kokoro-v1.0.int8"]
    assert cli.main(["models", "list"]) == 0
    assert "kokoro-v1.0.int8" in capsys.readouterr().out


def test_model_that_is_none_fails_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    damaged = tmp_path / "model.onnx"
    damaged.write_bytes(b"not a model")
    for path in (damaged, tmp_path / "missing.onnx", tmp_path):
        assert cli.main(["models", "verify", str(path)]) == 1
        captured = capsys.readouterr()
        assert (captured.out, captured.err.count("\n")) == ("", 1)


def test_model_whose_packages_are_missing_names_the_extra(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(weights, "_part_path", lambda _: None)
    assert cli.main(["models", "verify"]) == 2
    assert "pipecat-local-tts-server[kokoro]" in capsys.readouterr().err


@pytest.mark.model
def test_installed_model_is_sound(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["models", "verify"]) == 0
    assert "is sound" in capsys.readouterr().out
    assert cli.main(["models", "path"]) == 0
    assert all(Path(line).is_file() for line in capsys.readouterr().out.splitlines())


def test_config_show_says_where_each_value_came_from(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TTS_WS_URI", "ws://h:1")
    monkeypatch.setenv("TTS_WS_TOKEN", "sesame")
    monkeypatch.setenv("TTS_WS_PING_INTERVAL", "off")
    assert cli.main(["config", "show", "--json", "--backend", "tone", "--max-text-chars", "500"]) == 0
    captured = capsys.readouterr()
    shown = json.loads(captured.out)
    assert shown["server"]["backend"] == {"value": "tone", "source": "--backend"}
    assert shown["server"]["max_text_chars"] == {"value": "500", "source": "--max-text-chars"}
    assert shown["server"]["max_admitted"] == {"value": "32", "source": "default"}
    assert shown["server"]["ping_interval_s"] == {"value": "none", "source": "TTS_WS_PING_INTERVAL"}
    assert shown["server"]["auth_token"]["value"] == "none"
    assert shown["client"]["endpoint"] == {"value": "ws://h:1", "source": "TTS_WS_URI"}
    assert shown["client"]["auth_token"] == {"value": "set (not shown)", "source": "TTS_WS_TOKEN"}
    assert "sesame" not in captured.out
    assert cli.main(["config", "show"]) == 0
    assert "TTS_WS_URI" in capsys.readouterr().out
