import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

import { t } from "../i18n/translate";
import { Icon } from "../shared/icons";

interface PanelProps {
  title: string;
  note?: string;
  testId: string;
  onClose: () => void;
  children: ComponentChildren;
}

export function Panel({ title, note, testId, onClose, children }: PanelProps): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // What stands in the panel may have taken the focus already.
    const panel = heading.current?.closest("aside");
    if (panel?.contains(document.activeElement) === false) heading.current?.focus();
  }, []);
  return (
    <aside class="panel" data-testid={testId} aria-labelledby={`${testId}-title`}>
      <header class="panel-header">
        <h2 ref={heading} id={`${testId}-title`} tabIndex={-1}>
          {title}
        </h2>
        {note !== undefined && <span class="hint">{note}</span>}
        <button type="button" class="icon-button" aria-label={t("app.close")} onClick={onClose}>
          <Icon name="close" size={20} />
        </button>
      </header>
      {children}
    </aside>
  );
}
