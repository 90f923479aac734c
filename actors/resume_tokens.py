"""Which resume token belongs to which participant: one valid token for each, used up by its use."""

import secrets
from dataclasses import dataclass, field
from typing import Final

_BYTES: Final = 32


@dataclass(slots=True)
class ResumeTokens:
    """An index for the classroom; participants issue, and forget when they end."""

    _path_by_token: dict[str, str] = field(default_factory=dict)
    _token_by_path: dict[str, str] = field(default_factory=dict)

    def issue(self, path: str) -> str:
        """Return a new token for the participant at this path; its old one is void."""
        self.forget(path)
        token = secrets.token_urlsafe(_BYTES)
        self._path_by_token[token] = path
        self._token_by_path[path] = token
        return token

    def path_of(self, token: str) -> str | None:
        """Return whose token this is, if it is still good."""
        return self._path_by_token.get(token)

    def forget(self, path: str) -> None:
        token = self._token_by_path.pop(path, None)
        if token is not None:
            del self._path_by_token[token]

    def __len__(self) -> int:
        return len(self._path_by_token)
