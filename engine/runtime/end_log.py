"""The canonical line of an actor: one when it ends, and one for each crash before."""

import structlog

from .child import Child
from .exits import Crash, ExitReason, Stopped

_log = structlog.get_logger()


def log_end(child: Child, reason: ExitReason, *, now_s: float, will_restart: bool) -> None:
    """Log `actor.ended`, or `actor.crashed` and `actor.restarted` where it will live on.

    Expected ends are told at info, crashes at error with their traceback. An actor adds fields by
    `ActorContext.add_to_log`, and fields bound with structlog's contextvars come by themselves.
    """
    kind = child.work.kind
    fields: dict[str, object] = {
        "actor": child.path,
        "duration_s": round(now_s - child.started_at_s, 6),
        "restarts": child.restarts,
        **child.work.log_fields(),
    }
    if isinstance(reason, Crash):
        event = f"{kind}.crashed" if will_restart else f"{kind}.ended"
        _log.error(event, reason="crash", error=repr(reason.error), exc_info=reason.error, **fields)
        return
    fields.pop("during", None)
    if isinstance(reason, Stopped):
        fields["cause"] = str(reason.cause)
    event = f"{kind}.restarted" if will_restart else f"{kind}.ended"
    _log.info(event, reason=type(reason).__name__.lower(), **fields)
