import type { JSX } from "preact";

import type { IconName } from "../shared/icons";
import { Icon } from "../shared/icons";

/** One action on one person: a sign in a list of people, with its words in a dialog. */
export function PersonButton({
  icon,
  label,
  isOn,
  testId,
  onClick,
}: {
  icon: IconName;
  label: string;
  isOn?: boolean;
  testId?: string;
  onClick: () => void;
}): JSX.Element {
  return (
    <button
      type="button"
      class="icon-button person-button"
      aria-label={label}
      title={label}
      aria-pressed={isOn}
      data-testid={testId}
      onClick={onClick}
    >
      <Icon name={icon} size={19} />
      <span class="person-button-label" aria-hidden="true">
        {label}
      </span>
    </button>
  );
}
