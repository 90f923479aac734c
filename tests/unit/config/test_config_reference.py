"""The configuration's page is generated, complete, and up to date."""

import msgspec

from emporion.engine.config import Config
from emporion.web.generate_config_reference import main, render


def test_the_committed_page_is_up_to_date() -> None:
    assert main(["--check"]) == 0, "run `python -m emporion.web.generate_config_reference`"


def test_every_key_is_on_the_page_with_its_meaning() -> None:
    page = render()
    for section in msgspec.structs.fields(Config):
        assert f"## `[{section.name}]`" in page
    for line in page.splitlines():
        assert not line.endswith("|  |"), f"no description: {line}"
