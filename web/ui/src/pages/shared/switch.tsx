import "./switch.css";

import type { JSX } from "preact";

interface SwitchProps {
  testId?: string;
  label: string;
  hint: string;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
}

/** A setting. Shows what the room says, not what was pressed: a refused change springs back. */
export function Switch({ testId, label, hint, isOn, onChange }: SwitchProps): JSX.Element {
  return (
    <button
      type="button"
      role="switch"
      class="switch"
      data-testid={testId}
      aria-checked={isOn}
      onClick={() => onChange(!isOn)}
    >
      <span class="switch-text">
        <span>{label}</span>
        <span class="hint">{hint}</span>
      </span>
      <span class="switch-track" aria-hidden="true" />
    </button>
  );
}
