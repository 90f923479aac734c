"""The generated key is kept for its owner alone; links made with it admit."""

import os
import stat
import time
from pathlib import Path

import pytest

from emporion.engine.clock import TrioClock
from emporion.engine.config import AuthConfig, Config, HttpConfig, NodeConfig, Secret
from emporion.engine.errors import ConfigError
from emporion.web.keys import effective_auth, new_key, signing_key
from emporion.web.links import LinkMaker, base_url, links_of_all_templates
from emporion.web.tokens import TokenVerifier


def config_in(folder: Path) -> Config:
    return Config(node=NodeConfig(data_dir=str(folder / "data")))


def test_a_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    first = effective_auth(config_in(tmp_path))
    file = tmp_path / "data" / "keys.toml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert effective_auth(config_in(tmp_path)) == first
    assert os.listdir(file.parent) == ["keys.toml"]


def test_configured_keys_are_taken_as_they_are(tmp_path: Path) -> None:
    auth = AuthConfig(keys={"k": Secret("x" * 32)})
    config = Config(node=NodeConfig(data_dir=str(tmp_path / "data")), auth=auth)
    assert effective_auth(config) is auth
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("text", ["[keys", "", "keys = 3"])
def test_a_damaged_key_file_is_an_error_that_names_it(tmp_path: Path, text: str) -> None:
    effective_auth(config_in(tmp_path))
    (tmp_path / "data" / "keys.toml").write_text(text)
    with pytest.raises(ConfigError, match=r"keys\.toml is damaged"):
        effective_auth(config_in(tmp_path))


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(ConfigError, match=r"node\.data_dir"):
        effective_auth(config_in(tmp_path))


def test_public_keys_alone_sign_nothing() -> None:
    with pytest.raises(ConfigError, match="public keys alone"):
        signing_key(AuthConfig(public_keys={"p": "x"}))


def test_links_of_every_template_admit_to_their_room() -> None:
    key_id, secret = new_key()
    maker = LinkMaker(key_id, secret.reveal(), "http://localhost:1", time.time() + 60)
    verifier = TokenVerifier(AuthConfig(keys={key_id: secret}), TrioClock())
    links = list(links_of_all_templates(maker, Config()))
    assert [(link.template, link.audience) for link in links] == [
        (template, audience)
        for template in ("guidance", "class", "briefing")
        for audience in ("teacher", "merchants")
    ]
    for link in links:
        url, _, token = link.url.partition("/#")
        admission = verifier.admit(token)
        assert url == "http://localhost:1"
        assert (admission.room, admission.template) == (link.room, link.template)
        assert admission.grants.role == ("host" if link.audience == "teacher" else "merchant")


def test_two_merchants_may_use_one_link_and_two_teachers_are_one() -> None:
    key_id, secret = new_key()
    maker = LinkMaker(key_id, secret.reveal(), "http://x", time.time() + 60)
    verifier = TokenVerifier(AuthConfig(keys={key_id: secret}), TrioClock())
    teacher, merchants = (link.url.partition("#")[2] for link in maker.links_of_room("r", "class"))
    assert verifier.admit(merchants).identity != verifier.admit(merchants).identity
    assert verifier.admit(teacher).identity == verifier.admit(teacher).identity


def test_merchants_of_a_briefing_listen() -> None:
    key_id, secret = new_key()
    maker = LinkMaker(key_id, secret.reveal(), "http://x", time.time() + 60)
    verifier = TokenVerifier(AuthConfig(keys={key_id: secret}), TrioClock())
    _, merchants = (link.url.partition("#")[2] for link in maker.links_of_room("r", "briefing"))
    grants = verifier.admit(merchants).grants
    assert grants.can_publish_sources == ()
    assert grants.can_ask


@pytest.mark.parametrize(
    ("settings", "url"),
    [
        (HttpConfig(), "http://localhost:5"),
        (HttpConfig(tls_certificate="c", tls_key="k"), "https://localhost:5"),
        (HttpConfig(public_url="https://class.example.com/"), "https://class.example.com"),
    ],
)
def test_links_begin_with_what_opens(settings: HttpConfig, url: str) -> None:
    assert base_url(settings, 5) == url
