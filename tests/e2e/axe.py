"""axe-core in a page: what of it people with a screen reader, or with weak eyes, cannot use."""

from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page

AXE: Final = Path(__file__).parents[2] / "web/ui/node_modules/axe-core/axe.min.js"
GRAVE: Final = ("serious", "critical")

COLOURS: Final = ("color-contrast", "link-in-text-block")

_RUN = """async (rules) => {
  const options = { resultTypes: ["violations"] };
  if (rules.length > 0) options.runOnly = { type: "rule", values: rules };
  const { violations } = await axe.run(document, options);
  return violations.map(({ id, impact, help, nodes }) => ({
    id, impact, help, nodes: nodes.map(({ html, any, all }) => [
      html.slice(0, 200), ...[...any, ...all].map(({ message }) => message),
    ]),
  }));
}"""


def find_barriers(page: Page, rules: tuple[str, ...] = ()) -> list[str]:
    """Return the serious and the critical findings of what the page shows now, one line each.

    Args:
        rules: What to look at; empty: at everything.
    """
    assert AXE.exists(), "`make pages` installs axe-core"
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE.read_text())
    found: list[dict[str, Any]] = page.evaluate(_RUN, list(rules))
    return [
        f"{finding['id']} ({finding['impact']}): {finding['help']}: {node}"
        for finding in found
        if finding["impact"] in GRAVE
        for node in finding["nodes"]
    ]
