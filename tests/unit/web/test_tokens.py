"""Tokens: signature, times, room, grants; LiveKit's form and the flat one."""

import base64
import hmac
import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from emporion.engine.config import AuthConfig, Secret
from emporion.engine.errors import ConfigError, RequestDenied
from emporion.engine.grants import Grants
from emporion.engine.media import Source
from emporion.web.tokens import GrantClaims, TokenVerifier, make_token

SECRET = "a secret that is long enough for HS512 as well, which is not accepted"
NOW_S = 1_790_000_000.0
ED25519 = Ed25519PrivateKey.generate()
PUBLIC_PEM = ED25519.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
PRIVATE_PEM = ED25519.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


class StoppedClock:
    def now_s(self) -> float:
        return 0.0

    def unix_s(self) -> float:
        return NOW_S


AUTH = AuthConfig(
    keys={"k": Secret(SECRET)}, public_keys={"ed": PUBLIC_PEM.decode()}, leeway_s=10.0
)
VERIFIER = TokenVerifier(AUTH, StoppedClock())


def claims(**changes: Any) -> dict[str, Any]:
    grants = {"room": "spring", "roomJoin": True}
    return {"iss": "k", "sub": "ana", "exp": NOW_S + 60, "video": grants, **changes}


def sign(payload: dict[str, Any], key: str | bytes = SECRET, algorithm: str = "HS256") -> str:
    return jwt.encode(payload, key, algorithm=algorithm)


def refusal(token: str) -> str:
    with pytest.raises(RequestDenied) as caught:
        VERIFIER.admit(token)
    return caught.value.code


def test_a_good_token_admits() -> None:
    admission = VERIFIER.admit(sign(claims(name="Ana")))
    assert (admission.identity, admission.name, admission.room) == ("ana", "Ana", "spring")
    assert admission.template is None
    assert admission.grants == Grants()


def test_our_own_tokens_admit() -> None:
    token = make_token(
        "k",
        SECRET,
        identity="li",
        expires_at_unix_s=NOW_S + 1,
        grants=GrantClaims(room="r", room_join=True, role="host", template="briefing"),
    )
    admission = VERIFIER.admit(token)
    assert (admission.template, admission.grants.role) == ("briefing", "host")
    assert admission.grants.can_grant_floor


def test_grants_may_stand_beside_the_other_claims() -> None:
    flat = claims(room="flat", roomJoin=True, canPoll=True)
    del flat["video"]
    admission = VERIFIER.admit(sign(flat))
    assert (admission.room, admission.grants.can_poll) == ("flat", True)


def test_a_public_key_admits() -> None:
    token = sign(claims(iss="ed"), PRIVATE_PEM, "EdDSA")
    assert VERIFIER.admit(token).identity == "ana"


def unsigned() -> str:
    parts = ({"alg": "none", "typ": "JWT"}, claims())
    packed = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts]
    return b".".join([*packed, b""]).decode()


def signed_with_public_key() -> str:
    """The old trick: HS256 with the public key's text as the secret (RFC 8725 §2.1)."""
    head = {"alg": "HS256", "typ": "JWT"}
    parts = [json.dumps(part).encode() for part in (head, claims(iss="ed"))]
    text = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    signature = hmac.digest(PUBLIC_PEM, text, "sha256")
    return (text + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()


BAD_TOKENS = {
    "empty": "",
    "no token": "hello",
    "three parts of nothing": "a.b.c",
    "not text": "\x00\u4ef7.\ud83d\ude00.x",
    "unsigned": unsigned(),
    "wrong secret": sign(claims(), "another secret of thirty-two characters"),
    "unknown key": sign(claims(iss="other")),
    "no key": sign({name: value for name, value in claims().items() if name != "iss"}),
    "another hash": sign(claims(), SECRET, "HS512"),
    "public key used as a secret": signed_with_public_key(),
    "another algorithm's key": sign(claims(iss="k"), PRIVATE_PEM, "EdDSA"),
    "changed afterwards": sign(claims())[:-6] + "AAAAAA",
    "no subject": sign({name: value for name, value in claims().items() if name != "sub"}),
    "empty subject": sign(claims(sub="")),
    "long subject": sign(claims(sub="x" * 129)),
    "no expiry": sign({name: value for name, value in claims().items() if name != "exp"}),
    "a start that is no number": sign(claims(nbf="x")),
    "unknown role": sign(claims(video={"room": "r", "roomJoin": True, "role": "king"})),
    "unknown source": sign(
        claims(video={"room": "r", "roomJoin": True, "canPublishSources": ["tv"]})
    ),
    "long room": sign(claims(video={"room": "r" * 129, "roomJoin": True})),
}


@pytest.mark.parametrize("token", BAD_TOKENS.values(), ids=BAD_TOKENS.keys())
def test_a_bad_token_is_invalid(token: str) -> None:
    assert refusal(token) == "token.invalid"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"exp": NOW_S - 11}, "token.expired"),
        ({"exp": 0}, "token.expired"),
        ({"nbf": NOW_S + 11}, "token.not_yet_valid"),
        ({"video": {"room": "r"}}, "grant.missing"),
        ({"video": {"room": "r", "roomJoin": False}}, "grant.missing"),
        ({"video": {"roomJoin": True}}, "token.room_mismatch"),
    ],
)
def test_a_token_that_does_not_fit_says_why(changes: dict[str, Any], code: str) -> None:
    assert refusal(sign(claims(**changes))) == code


def test_clocks_may_be_off_by_the_leeway() -> None:
    VERIFIER.admit(sign(claims(exp=NOW_S - 9, nbf=NOW_S + 9)))


def test_the_message_does_not_repeat_the_token() -> None:
    with pytest.raises(RequestDenied) as caught:
        VERIFIER.admit("secret-looking.token.text")
    assert "secret-looking" not in str(caught.value)


ALL = tuple(Source)


@pytest.mark.parametrize(
    ("grants", "sources"),
    [
        ({}, ALL),
        ({"role": "observer"}, ()),
        ({"canPublish": True}, ALL),
        ({"canPublish": False}, ()),
        ({"canPublish": False, "canPublishSources": ["camera"]}, ()),
        ({"canPublish": True, "canPublishSources": []}, ALL),
        ({"canPublishSources": ["microphone", "screen_share"]}, (Source.MICROPHONE, Source.SCREEN)),
    ],
)
def test_what_may_be_published(grants: dict[str, Any], sources: tuple[Source, ...]) -> None:
    """LiveKit's rules: `canPublish: false` wins, an empty list is every source."""
    video = {"room": "r", "roomJoin": True, **grants}
    assert VERIFIER.admit(sign(claims(video=video))).grants.can_publish_sources == sources


@pytest.mark.parametrize(
    ("grants", "needs_none"),
    [
        ({}, False),
        ({"canPublish": True}, True),
        ({"canPublishSources": ["microphone"]}, True),
        ({"canPublish": False, "canPublishSources": ["microphone"]}, False),
        ({"role": "observer", "canPublish": True}, False),
    ],
)
def test_who_needs_no_floor(grants: dict[str, Any], needs_none: bool) -> None:
    """What the token says itself wins over a template with `floor_required`."""
    video = {"room": "r", "roomJoin": True, **grants}
    assert VERIFIER.admit(sign(claims(video=video))).grants.needs_no_floor is needs_none


def test_a_room_admin_without_a_role_is_a_host() -> None:
    video = {"room": "r", "roomJoin": True, "roomAdmin": True}
    assert VERIFIER.admit(sign(claims(video=video))).grants.role == "host"


def test_the_token_says_more_than_the_role() -> None:
    video = {"room": "r", "roomJoin": True, "role": "host", "canDraw": False, "hidden": True}
    grants = VERIFIER.admit(sign(claims(video=video))).grants
    assert not grants.can_draw
    assert grants.hidden
    assert grants.can_poll


def test_each_holder_of_a_shared_token_is_somebody_else() -> None:
    token = sign(claims(sub="merchant", shared=True))
    identities = {VERIFIER.admit(token).identity for _ in range(20)}
    assert len(identities) == 20
    assert all(identity.startswith("merchant-") for identity in identities)


def test_a_device_keeps_its_identity_and_does_not_show_its_id() -> None:
    token = sign(claims(sub="merchant", shared=True))
    one = VERIFIER.admit(token, device_id="device-1").identity
    assert one == VERIFIER.admit(token, device_id="device-1").identity
    assert one != VERIFIER.admit(token, device_id="device-2").identity
    assert "device-1" not in one


def test_a_device_changes_no_identity_that_is_not_shared() -> None:
    assert VERIFIER.admit(sign(claims()), device_id="device-1").identity == "ana"


def rsa_pem() -> str:
    key = generate_private_key(public_exponent=65537, key_size=2048).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.mark.parametrize("text", ["no/such/file.pem", "-----BEGIN nonsense", rsa_pem()])
def test_an_unusable_public_key_is_a_configuration_error(text: str) -> None:
    with pytest.raises(ConfigError, match=r"auth\.public_keys\.p"):
        TokenVerifier(AuthConfig(public_keys={"p": text}), StoppedClock())
