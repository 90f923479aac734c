import type { JSX } from "preact";

import type { IconName } from "../shared/icons";
import { Icon } from "../shared/icons";
import { spokenName } from "../shared/spoken_name";

export interface ControlButtonProps {
  testId: string;
  icon: IconName;
  /** What a press does; read out and shown as a hint. */
  label: string;
  /** Below the icon, one or two words. */
  short: string;
  /** Said by the label too, which names what a press does. */
  isOn?: boolean;
  isExpanded?: boolean;
  /** What a press opens by itself; the sheet of further buttons stays open for it. */
  hasPopup?: "menu" | "dialog";
  isDisabled?: boolean;
  tone?: "plain" | "on" | "off" | "leave";
  /** Something new or waiting. */
  badge?: number;
  /** How many there are; not news. */
  count?: number;
  onClick: () => void;
}

/** One button of the control bar. Features make theirs of it, so that all look and feel alike. */
export function ControlButton({
  testId,
  icon,
  label,
  short,
  isOn,
  isExpanded,
  hasPopup,
  isDisabled = false,
  tone = "plain",
  badge = 0,
  count,
  onClick,
}: ControlButtonProps): JSX.Element {
  return (
    <button
      type="button"
      class={`control control-${tone}`}
      data-testid={testId}
      aria-label={spokenName(label, short)}
      title={label}
      data-on={isOn}
      aria-expanded={isExpanded}
      aria-haspopup={hasPopup}
      disabled={isDisabled}
      onClick={onClick}
    >
      <span class="control-icon">
        <Icon name={icon} />
        {badge > 0 && <span class="badge" data-count={badge > 99 ? "99+" : badge} />}
        {count !== undefined && <span class="count" data-count={count} />}
      </span>
      <span class="control-label" aria-hidden="true">
        {short}
      </span>
    </button>
  );
}
