import type { JSX } from "preact";

interface SwitchProps {
  label: string;
  hint: string;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
}

export function Switch({ label, hint, isOn, onChange }: SwitchProps): JSX.Element {
  return (
    <button
      type="button"
      role="switch"
      class="groups-switch"
      aria-checked={isOn}
      onClick={() => onChange(!isOn)}
    >
      <span class="groups-switch-text">
        <span>{label}</span>
        <span class="hint">{hint}</span>
      </span>
      <span class="groups-switch-track" aria-hidden="true" />
    </button>
  );
}
