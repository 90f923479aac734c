"""The tree of errors: named for who is at fault, each with a stable dotted code."""


class EmporionError(Exception):
    """Base of every error that is ours.

    Attributes:
        code: Stable and dotted; it is what the wire, the logs and the documents name.
        retryable: The same request may succeed later without being changed.
    """

    code = "internal"
    retryable = False

    def __init__(
        self, message: str, *, code: str | None = None, retryable: bool | None = None
    ) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code
        if retryable is not None:
            self.retryable = retryable


class ConfigError(EmporionError):
    """Bad configuration, found at start; the message names the key and its source."""

    code = "config.invalid"


class ProtocolError(EmporionError):
    """The rules of a protocol were broken."""

    code = "protocol.violated"


class LocalProtocolError(ProtocolError):
    """Our own caller broke the rules: a bug."""

    code = "protocol.local"


class RemoteProtocolError(ProtocolError):
    """The peer broke the rules."""

    code = "protocol.remote"


class RequestDenied(EmporionError):
    """Policy said no (a plugin, a grant or a limit); the message is safe to show to the client."""

    code = "denied"


class ActorError(EmporionError):
    """An actor could not be reached, or its supervisor gave up."""

    code = "actor.failed"


class ActorGone(ActorError):
    """The actor has ended; nothing was delivered."""

    code = "actor.gone"


class MailboxFull(ActorError):
    """The actor's mailbox is full; nothing was delivered."""

    code = "actor.mailbox_full"
    retryable = True


class AskTimeout(ActorError):
    """No answer came in time; the message may still be handled."""

    code = "actor.ask_timeout"
    retryable = True


class RestartIntensityExceeded(ActorError):
    """A supervisor's children crashed more often than its intensity allows."""

    code = "actor.restart_intensity_exceeded"


class MediaError(EmporionError):
    """Media cannot be forwarded as asked."""

    code = "media.failed"


class UnknownEncoding(MediaError):
    code = "media.unknown_encoding"


class UnsupportedCodec(MediaError):
    code = "media.unsupported_codec"


class LayerUnavailable(MediaError):
    code = "media.layer_unavailable"


class JournalError(EmporionError):
    """A journal cannot be opened, written or read: its disk, owner or content is at fault."""

    code = "journal.failed"


class PluginError(EmporionError):
    """A plugin failed; names the plugin and the hook and wraps the cause."""

    code = "plugin.failed"


class CoreMisuse(EmporionError):
    """An invariant of a sans-IO core was broken by us."""

    code = "core.misuse"
