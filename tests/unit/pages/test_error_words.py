"""The pages have words of their own for whatever a plugin refuses."""

from pathlib import Path

from unit.plugins.test_plugin_documents import ASKED, codes

PAGES = Path(__file__).parents[3] / "web" / "ui" / "src" / "pages"


def test_every_refusal_of_a_plugin_has_words() -> None:
    words = "".join(path.read_text(encoding="utf-8") for path in PAGES.rglob("*.ts*"))
    refusals = sorted(code for code in set(codes()) if code.partition(".")[0] in ASKED)
    assert [code for code in refusals if f'"{code}"' not in words] == []
