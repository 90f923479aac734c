"""What does not fit on a small screen, or is too small for a thumb; measured in the page."""

from typing import Final

from playwright.sync_api import Page

TOUCH_PX: Final = 44  # WCAG 2.5.5.

_MEASURE = """(touch) => {
  const found = [];
  const nameOf = (element) => {
    const name = element.getAttribute("aria-label") ?? element.textContent.trim();
    return `<${element.localName} class="${element.className}"> ${name.slice(0, 40)}`;
  };
  const isSeen = (element, box) => {
    if (box.width === 0 || box.height === 0 || element.closest("[inert]") !== null) return false;
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
    const at = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return at !== null && (element.contains(at) || at.contains(element));
  };
  // Nobody scrolls to the left of a box's beginning.
  const isOutOfReach = (element, box) => {
    if (box.width <= 1 || !element.checkVisibility({ visibilityProperty: true })) return false;
    for (let around = element.parentElement; around; around = around.parentElement) {
      const clips = getComputedStyle(around).overflowX !== "visible";
      if (clips && around.scrollLeft <= 0 && box.left < around.getBoundingClientRect().left - 1)
        return true;
    }
    return false;
  };
  const page = document.scrollingElement;
  if (page.scrollWidth > innerWidth) found.push(`the page is ${page.scrollWidth} px wide`);
  for (const element of document.querySelectorAll("body *")) {
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    if (!isSeen(element, box)) continue;
    const overflows = element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0;
    const scrollsDown = ["auto", "scroll"].includes(style.overflowY);
    if (overflows && scrollsDown && !["hidden", "clip"].includes(style.overflowX)
        && !element.matches(".tool-bar, .tool-bar *"))
      found.push(`scrolls sideways: ${nameOf(element)}`);
    const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (hasText && overflows && style.overflowX !== "visible" && style.textOverflow !== "ellipsis"
        && !scrollsDown && box.width > 2)
      found.push(`text is cut off: ${nameOf(element)}`);
  }
  const controls = "button, a[href], select, summary, textarea, input, [role=button]";
  for (const element of document.querySelectorAll(controls)) {
    const target = element.matches("input[type=checkbox], input[type=radio]")
      ? element.closest("label") ?? element : element;
    const box = target.getBoundingClientRect();
    if (target.matches(".visually-hidden")) continue; // Its label is what a thumb hits.
    if (isOutOfReach(target, box)) found.push(`cannot be scrolled to: ${nameOf(element)}`);
    if (!isSeen(target, box)) continue;
    const isInText = element.localName === "a" && getComputedStyle(element).display === "inline";
    if (!isInText && (box.width < touch - 0.5 || box.height < touch - 0.5))
      found.push(`${Math.round(box.width)} by ${Math.round(box.height)} px: ${nameOf(element)}`);
    if (box.left < -1 || box.right > innerWidth + 1)
      found.push(`is cut off at the side: ${nameOf(element)}`);
  }
  return found;
}"""


def find_misfits(page: Page) -> list[str]:
    """Return what a thumb or an eye would miss of what the page shows now."""
    found: list[str] = page.evaluate(_MEASURE, TOUCH_PX)
    return sorted(set(found))


_COVERS = """() => {
  const found = [];
  for (const tile of document.querySelectorAll(".tile-screen")) {
    if (tile.getBoundingClientRect().width < 300) continue; // Nobody reads it there.
    const picture = tile.querySelector(".picture-box").getBoundingClientRect();
    for (const element of tile.querySelectorAll("button, .name-tag, .tool-bar")) {
      const box = element.getBoundingClientRect();
      const isApart = box.right <= picture.left + 1 || box.left >= picture.right - 1
        || box.bottom <= picture.top + 1 || box.top >= picture.bottom - 1;
      if (box.width > 0 && !isApart)
        found.push(`stands on the picture: <${element.localName} class="${element.className}">`);
    }
  }
  return found;
}"""


def find_covers(page: Page) -> list[str]:
    """Return what stands on the picture of a shared screen that is large enough to be read."""
    found: list[str] = page.evaluate(_COVERS)
    return found
