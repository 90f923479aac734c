"""Configuration: four sources in order, strict keys, secrets that do not show."""

from pathlib import Path
from typing import Any

import pytest

from emporion.engine.config import Config, Secret
from emporion.engine.config_loader import explain, load_config
from emporion.engine.errors import ConfigError

SECRET = "x" * 32
ADDRESSES = "EMPORION_MEDIA__ADVERTISED_ADDRESSES"


def write(folder: Path, text: str) -> Path:
    file = folder / "emporion.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_no_source_gives_the_defaults() -> None:
    assert load_config().config == Config()


def test_later_sources_win(tmp_path: Path) -> None:
    file = write(tmp_path, "[http]\nport = 1\nhost = 'a'\nrequest_burst = 3\n")
    environment = {"EMPORION_HTTP__PORT": "2", "EMPORION_HTTP__HOST": "b"}
    loaded = load_config(file, environment, {"http.port": "3"})
    assert (loaded.config.http.port, loaded.config.http.host) == (3, "b")
    assert loaded.config.http.request_burst == 3
    assert loaded.source_of("http.port") == "flag http.port"
    assert loaded.source_of("http.host") == "environment EMPORION_HTTP__HOST"
    assert loaded.source_of("http.request_burst") == str(file)
    assert loaded.source_of("media.port") == "default"


def test_a_template_keeps_what_is_not_said(tmp_path: Path) -> None:
    file = write(tmp_path, "[rooms.templates.guidance]\nvideo_slots = 5\n")
    guidance = load_config(file).config.rooms.templates["guidance"]
    assert (guidance.video_slots, guidance.max_participants) == (5, 2)


def test_a_new_template_has_the_defaults(tmp_path: Path) -> None:
    file = write(tmp_path, "[rooms.templates.seminar]\nmax_participants = 40\n")
    templates = load_config(file).config.rooms.templates
    assert set(templates) == {"guidance", "class", "briefing", "seminar"}
    assert templates["seminar"].max_participants == 40


@pytest.mark.parametrize(
    ("variable", "value", "key", "expected"),
    [
        ("EMPORION_METRICS__ENABLED", "false", "metrics.enabled", False),
        ("EMPORION_HTTP__REQUESTS_PER_S", "2.5", "http.requests_per_s", 2.5),
        (ADDRESSES, "::1, ::2", "media.advertised_addresses", ("::1", "::2")),
        (ADDRESSES, '["::1"]', "media.advertised_addresses", ("::1",)),
        ("EMPORION_PLUGINS__CHAT", '{"per_minute": 3}', "plugins.chat", {"per_minute": 3}),
        ("EMPORION_AUTH__KEYS", f'{{"Key": "{SECRET}"}}', "auth.keys", {"Key": Secret(SECRET)}),
    ],
)  # fmt: skip
def test_the_environment_is_read_as_the_key_demands(
    variable: str, value: str, key: str, expected: Any
) -> None:
    section, name = key.split(".")
    config = load_config(environment={variable: value}).config
    table = getattr(config, section)
    assert (table[name] if isinstance(table, dict) else getattr(table, name)) == expected


def test_other_variables_are_left_alone() -> None:
    assert load_config(environment={"EMPORION_STRICT": "1", "HOME": "/"}).config == Config()


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("htp.port", "did you mean http?"),
        ("http.prot", "did you mean http.port?"),
        ("rooms.templates.class.video_slot", "did you mean rooms.templates.class.video_slots?"),
        ("zzz", "the configuration has: auth, files, http"),
    ],
)
def test_an_unknown_key_names_the_nearest(key: str, hint: str) -> None:
    with pytest.raises(ConfigError, match="unknown key") as caught:
        load_config(flags={key: 1})
    assert hint in str(caught.value)


@pytest.mark.parametrize(
    ("flags", "named"),
    [
        ({"http.port": "many"}, "http.port (flag http.port): expected `int`"),
        ({"http.port": 70000}, "http.port (flag http.port): expected `int` <= 65535"),
        ({"http.port.x": 1}, "http.port is a value, not a table"),
        ({"http": 1}, "http (flag http)"),
        ({"rooms.templates.class.video_slots": 99}, "rooms.templates.class.video_slots"),
        ({"plugins.chat": "[1"}, "plugins.chat (flag plugins.chat)"),
        ({"media.advertised_addresses": "[1"}, "is not valid JSON"),
        ({"auth.keys.a": "short"}, "auth.keys.a (flag auth.keys.a) is shorter than 32"),
        ({"auth.keys.a": 7}, "auth.keys"),
        ({"http.tls_key": "k.pem"}, "set together or not at all"),
        ({"rooms.default_template": "clas"}, "there are: guidance, class, briefing"),
        ({"auth.keys.a": SECRET, "auth.public_keys.a": "x.pem"}, "share the key id 'a'"),
    ],
)
def test_a_bad_value_names_its_key(flags: dict[str, Any], named: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(flags=flags)
    assert named in str(caught.value)


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot read"):
        load_config(tmp_path / "none.toml")


def test_a_file_that_is_no_toml_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="not valid TOML"):
        load_config(write(tmp_path, "[http\n"))


def test_secrets_do_not_show() -> None:
    loaded = load_config(flags={"auth.keys.a": SECRET})
    assert SECRET not in repr(loaded)
    assert SECRET not in "\n".join(explain(loaded))
    assert loaded.config.auth.keys["a"].reveal() == SECRET


def test_explain_names_each_value_and_its_source() -> None:
    lines = list(explain(load_config(flags={"http.port": "1"})))
    assert "http.port = 1  # flag http.port" in lines
    assert "media.port = 7882  # default" in lines
