"""protocol.ts is generated from the Structs and says the same as they (M7)."""

from typing import Annotated

import msgspec
import pytest

from emporion.engine.protocol.envelope import ClientMessage
from emporion.web import generate_protocol
from emporion.web.generate_protocol import ProtocolWriter, main, render


def test_the_committed_file_is_up_to_date() -> None:
    assert main(["--check"]) == 0, "run `python -m emporion.web.generate_protocol`"


def test_a_difference_is_found(
    tmp_path: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "protocol.ts"  # type: ignore[operator]  # tmp_path is a Path.
    monkeypatch.setattr(generate_protocol, "TARGET", target)
    assert main(["--check"]) == 1
    assert main([]) == 0
    assert main(["--check"]) == 0
    target.write_text("export {};\n")
    assert main(["--check"]) == 1


def test_a_client_may_omit_what_has_a_default_and_the_server_may_not() -> None:
    text = render()
    assert "  readonly muted?: boolean;\n" in text  # publish_track
    assert "  readonly answer: string | null;\n" in text  # welcome


def test_words_of_a_pattern_become_a_union() -> None:
    assert 'readonly role: "host" | "assistant" | "merchant" | "observer";' in render()


def test_an_unknown_annotation_is_an_error() -> None:
    """Better no file than one that says `any`."""
    with pytest.raises(TypeError, match="complex"):
        ProtocolWriter().type_of(complex, may_omit=False)


class Listed(ClientMessage, frozen=True, kw_only=True, tag="listed"):
    words: tuple[str | None, ...]
    size: Annotated[int, msgspec.Meta(ge=0)]


def test_lists_of_unions_are_parenthesized() -> None:
    writer = ProtocolWriter()
    writer.type_of(Listed, may_omit=False)
    assert "readonly words: readonly (string | null)[];" in "\n".join(writer.declarations())
