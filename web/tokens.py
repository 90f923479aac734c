"""Tokens: JSON Web Tokens (RFC 7519) that say who may join which room, and what as.

The claims are LiveKit's: `iss` is the key id, `sub` the identity, and the grants stand in a `video`
object or, in the flat form, beside them. HS256 with a shared secret, or EdDSA by public key.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from msgspec import Meta

from ..engine.clock import Clock
from ..engine.config import AuthConfig
from ..engine.errors import ConfigError, RequestDenied
from ..engine.grants import ALL_SOURCES, Grants, RoleName, grants_of_role
from ..engine.media import Source

Name = Annotated[str, Meta(min_length=1, max_length=128)]

_INVALID: Final = "token.invalid"
_GUEST_PREFIX: Final = 100  # Characters of a shared identity that are kept; 128 is the limit.


class GrantClaims(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """LiveKit's `VideoGrants` as far as they mean something here, and those of teaching."""

    room: Name | None = None
    room_join: bool = False
    room_admin: bool | None = None
    room_record: bool | None = None
    can_publish: bool | None = None
    can_publish_sources: Annotated[tuple[Source, ...], Meta(max_length=8)] | None = None
    can_subscribe: bool | None = None
    hidden: bool | None = None
    role: RoleName | None = None
    template: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    can_draw: bool | None = None
    can_ask: bool | None = None
    can_answer: bool | None = None
    can_poll: bool | None = None
    can_grant_floor: bool | None = None
    can_move_participants: bool | None = None


class Issuer(msgspec.Struct, frozen=True):
    """What is read of a token before its signature is checked: whose key it names."""

    iss: str


class TokenClaims(msgspec.Struct, frozen=True, kw_only=True):
    """The registered claims (RFC 7519 §4.1), and the grants unless they are flat."""

    sub: Name
    exp: float
    nbf: float | None = None
    name: Annotated[str, Meta(max_length=64)] | None = None
    video: GrantClaims | None = None
    shared: bool = False  # Many people hold this token: each becomes an identity of its own.


@dataclass(frozen=True, slots=True)
class Admission:
    """What a good token says."""

    identity: str
    name: str
    room: str
    template: str | None
    grants: Grants


class TokenVerifier:
    """Checks tokens against the keys of one node.

    The key id decides the algorithm, never the token: a public key cannot be used as a secret.

    Raises:
        ConfigError: A public key cannot be read, or is not an Ed25519 key.
    """

    def __init__(self, auth: AuthConfig, clock: Clock) -> None:
        self._clock = clock
        self._leeway_s = auth.leeway_s
        self._signatures = jwt.PyJWS()
        # A secret as a PyJWK is read once, and not again for each token.
        self._keys: dict[str, tuple[str, jwt.PyJWK | Ed25519PublicKey]] = {
            key_id: ("HS256", _secret_key(secret.reveal())) for key_id, secret in auth.keys.items()
        }
        for key_id, text in auth.public_keys.items():
            self._keys[key_id] = ("EdDSA", _load_public_key(key_id, text))

    def admit(self, token: str, *, device_id: str | None = None) -> Admission:
        """Read a token.

        Args:
            token: As the client sent it.
            device_id: Tells those apart who join by a shared token; None: a new guest each time.

        Raises:
            RequestDenied: `token.invalid`, `token.expired`, `token.not_yet_valid`,
                `token.room_mismatch` (it is for no room) or `grant.missing`.
        """
        payload = self._verified_payload(token)
        try:
            claims = msgspec.json.decode(payload, type=TokenClaims)
            grants = claims.video or msgspec.json.decode(payload, type=GrantClaims)
        except msgspec.MsgspecError as error:
            raise RequestDenied(f"The token's claims are wrong: {error}.", code=_INVALID) from None
        self._check_times(claims)
        if not grants.room_join:
            raise RequestDenied("The token does not grant roomJoin.", code="grant.missing")
        if grants.room is None:
            raise RequestDenied("The token is for no room.", code="token.room_mismatch")
        return Admission(
            identity=_guest(claims.sub, device_id) if claims.shared else claims.sub,
            name=claims.name or claims.sub[:64],
            room=grants.room,
            template=grants.template,
            grants=_grants(grants),
        )

    def _verified_payload(self, token: str) -> bytes:
        try:
            # Whatever is lenient here PyJWT refuses below, so that both read the same bytes. It
            # reads a token letter by letter: to let it find the issuer as well doubled the time.
            claims = base64.urlsafe_b64decode(token.split(".")[1] + "==")
            algorithm, key = self._keys[msgspec.json.decode(claims, type=Issuer).iss]
            payload: bytes = self._signatures.decode(token, key, algorithms=[algorithm])
        except (jwt.PyJWTError, msgspec.MsgspecError, LookupError, ValueError, RecursionError):
            # Which of the checks failed is nobody's business but the log's of the token maker.
            raise RequestDenied(
                "The token is not signed by a key of this node.", code=_INVALID
            ) from None
        return payload

    def _check_times(self, claims: TokenClaims) -> None:
        now_s = self._clock.unix_s()
        if now_s > claims.exp + self._leeway_s:
            raise RequestDenied("The token has expired.", code="token.expired")
        if claims.nbf is not None and now_s < claims.nbf - self._leeway_s:
            raise RequestDenied(
                "The token is not valid yet.", code="token.not_yet_valid", retryable=True
            )


def make_token(
    key_id: str,
    secret: str,
    *,
    identity: str,
    expires_at_unix_s: float,
    grants: GrantClaims,
    name: str | None = None,
    is_shared: bool = False,
) -> str:
    """Sign an HS256 token in LiveKit's form.

    Args:
        key_id: Of the node's configuration; becomes `iss`.
        secret: The key's secret.
        identity: Unique in the room; of a shared token the first part of each guest's.
        expires_at_unix_s: Joins are refused from then on; who is in stays in.
        grants: What the holder may do, and in which room.
        name: Shown to others; None: the client asks for one.
        is_shared: Any number of people may join by it, each as a participant of its own.
    """
    claims = {
        "iss": key_id,
        "sub": identity,
        "exp": int(expires_at_unix_s),
        "video": {k: v for k, v in msgspec.to_builtins(grants).items() if v is not None},
        **({} if name is None else {"name": name}),
        **({"shared": True} if is_shared else {}),
    }
    return jwt.encode(claims, secret, algorithm="HS256")


def _guest(identity: str, device_id: str | None) -> str:
    """One identity for each device; others see only its hash, so they cannot take its place."""
    if device_id is None:
        return f"{identity[:_GUEST_PREFIX]}-{secrets.token_hex(8)}"
    return f"{identity[:_GUEST_PREFIX]}-{hashlib.sha256(device_id.encode()).hexdigest()[:16]}"


def _grants(claims: GrantClaims) -> Grants:
    """The role's grants, changed by what the token says itself."""
    role = claims.role or ("host" if claims.room_admin else "merchant")
    said = {name: value for name in _SAME_NAME if (value := getattr(claims, name)) is not None}
    if claims.can_publish is not None:
        said["can_publish_sources"] = ALL_SOURCES if claims.can_publish else ()
    if claims.can_publish_sources and claims.can_publish is not False:  # As in LiveKit: [] is all.
        said["can_publish_sources"] = claims.can_publish_sources
    if role == "merchant" and said.get("can_publish_sources"):
        said["needs_no_floor"] = True
    return msgspec.structs.replace(grants_of_role(role), **said)


_SAME_NAME: Final = tuple(
    name
    for name in GrantClaims.__struct_fields__
    if name in Grants.__struct_fields__ and name not in ("role", "can_publish_sources")
)


def _secret_key(secret: str) -> jwt.PyJWK:
    text = base64.urlsafe_b64encode(secret.encode()).decode()
    return jwt.PyJWK({"kty": "oct", "k": text}, "HS256")


def _load_public_key(key_id: str, text: str) -> Ed25519PublicKey:
    where = f"auth.public_keys.{key_id}"
    try:
        pem = text if text.lstrip().startswith("-----BEGIN") else Path(text).read_text("ascii")
        key = load_pem_public_key(pem.encode("ascii"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{where} is no readable PEM public key: {error}") from error
    if not isinstance(key, Ed25519PublicKey):
        raise ConfigError(f"{where} is not an Ed25519 key; EdDSA tokens need one")
    return key
