"""The node's own signing key: made at the first start, kept in the data folder, mode 0600."""

import os
import secrets
import stat
import tomllib
from pathlib import Path
from typing import Final

import msgspec
import structlog

from ..engine.config import AuthConfig, Config, Secret
from ..engine.errors import ConfigError

KEYS_FILE: Final = "keys.toml"
_SECRET_BYTES: Final = 32  # 256 bits, as RFC 7518 §3.2 demands of HS256.
_log = structlog.get_logger("emporion.web")


def new_key() -> tuple[str, Secret]:
    """A key id and a secret."""
    return f"EK_{secrets.token_hex(6)}", Secret(secrets.token_urlsafe(_SECRET_BYTES))


def effective_auth(config: Config) -> AuthConfig:
    """The configured keys, or else the generated one, which is made if there is none yet.

    Raises:
        ConfigError: The key file cannot be read or written.
    """
    if config.auth.keys or config.auth.public_keys:
        return config.auth
    return msgspec.structs.replace(config.auth, keys=_own_keys(Path(config.node.data_dir)))


def signing_key(auth: AuthConfig) -> tuple[str, str]:
    """The key id and the secret with which this node makes tokens itself.

    Raises:
        ConfigError: There are public keys only.
    """
    for key_id, secret in auth.keys.items():
        return key_id, secret.reveal()
    raise ConfigError("auth.keys is empty: with public keys alone this node can make no tokens")


def _own_keys(data_dir: Path) -> dict[str, Secret]:
    file = data_dir / KEYS_FILE
    try:
        if not file.exists():
            _create(file)
        _warn_if_readable_by_others(file)
        text = file.read_text(encoding="utf-8")
        return {key_id: Secret(secret) for key_id, secret in tomllib.loads(text)["keys"].items()}
    except OSError as error:
        raise ConfigError(f"node.data_dir: cannot use {file}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, KeyError, AttributeError) as error:
        raise ConfigError(f"{file} is damaged ({error}); remove it to have a new key") from error


def _create(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key_id, secret = new_key()
    text = f'# Signs this node\'s tokens. Keep it secret.\n[keys]\n{key_id} = "{secret.reveal()}"\n'
    # Complete or absent, and never readable by others, not even for a moment.
    draft = file.with_suffix(f".{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(text)
    try:
        os.link(draft, file)
    except FileExistsError:
        pass  # Another process was first: its key counts.
    finally:
        draft.unlink()


def _warn_if_readable_by_others(file: Path) -> None:
    mode = stat.S_IMODE(file.stat().st_mode)
    if mode & 0o077:
        _log.warning("keys.readable_by_others", file=str(file), mode=oct(mode))
