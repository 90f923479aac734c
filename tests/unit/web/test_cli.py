"""The command line, without a node."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import jwt
import pytest
import structlog

from emporion import __version__
from emporion.engine.config import Config
from emporion.engine.errors import ConfigError
from emporion.web.cli import run
from emporion.web.serve_command import RunningNode


@asynccontextmanager
async def no_node(config: Config) -> AsyncIterator[RunningNode]:
    """A node that cannot start."""
    raise ConfigError(f"http.port: cannot listen on {config.http.port}")
    yield


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("EMPORION_CONFIG", raising=False)


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    """`serve` sets up logging for its process, which here is the tests'."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def claims_of(token: str) -> dict[str, object]:
    payload: dict[str, object] = jwt.decode(token.strip(), options={"verify_signature": False})
    return payload


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["version"], no_node) == 0
    assert capsys.readouterr().out == f"{__version__}\n"


def test_a_token_says_what_was_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = "token create --room r --identity i --role host --publish camera,microphone"
    assert run([*arguments.split(), "--name", "Li Wei", "--ttl", "2h"], no_node) == 0
    claims = claims_of(capsys.readouterr().out)
    assert (claims["sub"], claims["name"]) == ("i", "Li Wei")
    assert claims["video"] == {
        "room": "r",
        "roomJoin": True,
        "role": "host",
        "canPublish": True,
        "canPublishSources": ["camera", "microphone"],
    }


def test_a_token_may_forbid_publishing(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = "token create --room r --identity i --publish none"
    assert run(arguments.split(" "), no_node) == 0
    video = claims_of(capsys.readouterr().out)["video"]
    assert isinstance(video, dict)
    assert video["canPublish"] is False


def test_links_are_made_for_one_room_or_for_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["links"], no_node) == 0
    assert capsys.readouterr().out.count("http://localhost:7880/#") == 6
    assert run(["links", "--room", "r", "--template", "guidance", "--port", "99"], no_node) == 0
    out = capsys.readouterr().out
    assert out.count("http://localhost:99/#") == 2
    assert run(["links", "--room", "r", "--template", "nothing"], no_node) == 2


def test_generated_keys_are_good_configuration(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["keys", "generate"], no_node) == 0
    (tmp_path / "emporion.toml").write_text(capsys.readouterr().out)
    assert run(["config"], no_node) == 0


def test_config_explains_each_value(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EMPORION_MEDIA__PORT", "5")
    assert run(["config", "--explain", "--port", "4"], no_node) == 0
    out = capsys.readouterr().out
    assert "http.port = 4  # flag http.port\n" in out
    assert "media.port = 5  # environment EMPORION_MEDIA__PORT\n" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("config --set http.prot=1", "did you mean http.port?"),
        ("config --set http.port", "expected KEY=VALUE"),
        ("config --config none.toml", "cannot read"),
        ("serve --port 1", "http.port: cannot listen on 1"),
    ],
)
def test_a_wrong_configuration_is_said_in_one_line(
    arguments: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments.split(), no_node) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.startswith("emporion: ")
    assert error.count("\n") == 1


@pytest.mark.parametrize("arguments", ["", "nonsense", "token create", "links --ttl soon"])
def test_wrong_usage_ends_with_2(arguments: str) -> None:
    with pytest.raises(SystemExit) as caught:
        run(arguments.split(), no_node)
    assert caught.value.code == 2
