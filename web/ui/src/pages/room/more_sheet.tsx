import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

import { t } from "../i18n/translate";

/** Above the bar: the controls that it has no room for. */
export function MoreSheet({
  onClose,
  children,
}: {
  onClose: () => void;
  children: ComponentChildren;
}): JSX.Element {
  const sheet = useRef<HTMLDivElement>(null);
  useEffect(() => {
    sheet.current?.querySelector<HTMLElement>("button:not(:disabled)")?.focus();
    const closeOutside = (event: PointerEvent): void => {
      const { target } = event;
      if (!(target instanceof Element)) return;
      const isOwn = sheet.current?.contains(target) === true;
      const isDialog = target.closest("dialog") !== null;
      if (!isOwn && !isDialog && target.closest('[data-testid="more-button"]') === null) onClose();
    };
    document.addEventListener("pointerdown", closeOutside);
    return () => document.removeEventListener("pointerdown", closeOutside);
  }, []);
  const handleKey = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    onClose();
    document.querySelector<HTMLElement>('[data-testid="more-button"]')?.focus();
  };
  const handleClick = (event: MouseEvent): void => {
    const { target } = event;
    const button = target instanceof Element ? target.closest(".control") : null;
    // What opens something beside itself needs the button to stay.
    if (button !== null && button.getAttribute("aria-haspopup") !== "menu") onClose();
  };
  return (
    <div
      ref={sheet}
      class="more-sheet"
      role="group"
      aria-label={t("control.more_label")}
      onKeyDown={handleKey}
      onClick={handleClick}
    >
      {children}
    </div>
  );
}
