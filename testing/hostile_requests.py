"""Requests that a plugin must refuse: forbidden, malformed, oversized, too many at once."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from ..engine.journal import Entry
from ..engine.protocol.server import RequestFailed, RequestSucceeded, ServerPush
from ..plugins.scenario import Forbidden
from .stage import CastOnStage

FLOOD: Final = 200  # More than a lane of one participant holds.
_LONG: Final = 200_000
_NONSENSE: Final[Sequence[Mapping[str, Any]]] = (
    {"type": "no_such_request"},
    {},
    {"type": 1},
    {"type": None, "x": [[[]]]},
)
_CRASHED: Final = ("plugin.crashed", "plugin.timeout", "plugin.disabled")


async def check_forbidden(stage: CastOnStage, forbidden: Sequence[Forbidden]) -> list[str]:
    """Each is refused with its code, and changes nothing."""
    wrong: list[str] = []
    for request in forbidden:
        body = request.body(stage) if callable(request.body) else request.body
        wrong += await _check_refusal(stage, request.who, body, code=request.code)
    return wrong


async def check_malformed(stage: CastOnStage) -> list[str]:
    """Change the play's requests so that none of them is one any more."""
    if stage.plugin.decode_request is None:
        return await _check_refusal(stage, "li", {"type": "x"}, code="plugin.unknown")
    wrong = []
    for nonsense in _NONSENSE:
        if _is_request(stage, nonsense):
            continue  # The only request may leave out its type.
        wrong += await _check_refusal(stage, "ana", nonsense, code="plugin.malformed")
    seen: set[str] = set()
    for who, body in tuple(stage.requests):
        if str(body.get("type")) in seen:
            continue
        seen.add(str(body.get("type")))
        for mutated in _mutations(body):
            if _is_request(stage, mutated):
                continue  # It is still one: the plugin's own tests say what it does.
            wrong += await _check_refusal(stage, who, mutated, code="plugin.malformed")
        for signal in _mutations(body):
            stage.clients[who].signal(stage.plugin.name, **signal)
    return wrong


async def check_flood(stage: CastOnStage) -> list[str]:
    """Send the play's requests many times at once: each is answered, by a code of the contract.

    Not all of them may be accepted, and what is refused after them changes nothing.
    """
    wrong: list[str] = []
    for who, body in tuple(stage.requests)[:5]:
        client = stage.clients[who]
        raw = msgspec.Raw(msgspec.msgpack.encode(dict(body)))
        refs = [client.send_plugin(stage.plugin.name, raw) for _ in range(FLOOD)]
        codes = {_code(stage, await client.answer(ref)) for ref in refs}
        wrong += [f"a flood of {body}: {code}" for code in codes if code.startswith("wrong: ")]
        if codes == {""}:
            wrong.append(f"a flood of {body} is accepted to the last")
        wrong += await _check_no_trace(stage, who, body)
    for who, body in tuple(stage.signals)[:5]:
        for _ in range(FLOOD):
            stage.clients[who].signal(stage.plugin.name, **body)
    await stage.rig.settle()
    return wrong


async def _check_no_trace(stage: CastOnStage, who: str, body: Mapping[str, Any]) -> list[str]:
    """Send it once more, alone: if it is refused, nothing of it is in the journal."""
    before = len(await stage.journal())
    answer = await stage.ask(who, body)
    if not isinstance(answer, RequestFailed):
        return []
    return _traces(stage, who, body, answer, (await stage.journal())[before:])


def _traces(
    stage: CastOnStage, who: str, body: object, refusal: RequestFailed, new: Sequence[Entry]
) -> list[str]:
    kinds = {entry.kind for entry in new if entry.author == stage.participant_id(who)}
    if not kinds:  # A timer of the plugin may have gone off meanwhile: that is nobody's doing.
        return []
    return [f"{str(body)[:200]} of {who} is refused ({refusal.code}), but appended {kinds}"]


async def _check_refusal(
    stage: CastOnStage, who: str, body: Mapping[str, Any], *, code: str
) -> list[str]:
    before = len(await stage.journal())
    answer = await stage.ask(who, body)
    new = (await stage.journal())[before:]
    shown = str(body)[:200]
    if not isinstance(answer, RequestFailed):
        return [f"{who} may send {shown}, which shall be refused with {code}"]
    wrong = []
    if answer.code != code:
        wrong.append(f"{shown} of {who} is refused with {answer.code}, not {code}")
    return wrong + _traces(stage, who, body, answer, new)


def _code(stage: CastOnStage, answer: ServerPush) -> str:
    if isinstance(answer, RequestSucceeded):
        return ""
    assert isinstance(answer, RequestFailed), answer
    own = re.fullmatch(rf"{stage.plugin.name}\.[a-z0-9_]+", answer.code)
    if own or (answer.code.startswith("plugin.") and answer.code not in _CRASHED):
        return answer.code
    if answer.code in ("participant.unknown", "track.unknown", "grant.missing"):
        return answer.code  # By the context: the room's own.
    return f"wrong: {answer.code} ({answer.message})"


def _mutations(body: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield bodies that are too long, or of another type, in one field each."""
    for key, value in body.items():
        for other in ("x" * _LONG, [value] * 20_000, {"a": {"b": value}}, -(2**40), 1e300, None):
            if key != "type":
                yield {**body, key: other}


def _is_request(stage: CastOnStage, body: Mapping[str, Any]) -> bool:
    assert stage.plugin.decode_request is not None, "it was checked"
    try:
        stage.plugin.decode_request(msgspec.msgpack.encode(body))
    except (msgspec.DecodeError, RecursionError):
        return False
    return True
