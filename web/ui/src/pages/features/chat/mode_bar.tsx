import type { JSX } from "preact";

import { Icon } from "../../shared/icons";
import type { Call } from "../../state/call";
import { deskOf } from "./chat_desk";
import { texts } from "./texts";

const PAUSES_S = [0, 5, 10, 30, 60];

/** For hosts: who may write, and how often. For the others: what holds now. */
export function ModeBar({ call }: { call: Call }): JSX.Element | null {
  const desk = deskOf(call);
  const [hostsOnly, slowS] = [desk.hostsOnly.value, desk.slowS.value];
  if (desk.runsRoom) return <ModeMenu call={call} />;
  if (!hostsOnly && slowS === 0) return null;
  return (
    <p class="chat-note" role="status" data-testid="chat-note">
      {hostsOnly ? texts("hosts_only_note") : texts("slow_note", { count: slowS })}
    </p>
  );
}

function ModeMenu({ call }: { call: Call }): JSX.Element {
  const desk = deskOf(call);
  const [hostsOnly, slowS] = [desk.hostsOnly.value, desk.slowS.value];
  const set = (changes: object): void => {
    void call.attempt(desk.request({ type: "set_mode", ...changes }));
  };
  const pauses = PAUSES_S.includes(slowS) ? PAUSES_S : [...PAUSES_S, slowS];
  return (
    <details class="chat-mode" data-testid="chat-mode">
      <summary>
        <Icon name="settings" size={17} />
        {texts("who_may_write")}
        <span class="hint">
          {[
            hostsOnly ? texts("only_hosts_short") : "",
            slowS > 0 ? texts("slow_seconds", { count: slowS }) : "",
          ]
            .filter((part) => part !== "")
            .join(" · ")}
        </span>
      </summary>
      <label class="chat-mode-row">
        <input
          type="checkbox"
          data-testid="chat-hosts-only"
          checked={hostsOnly}
          onChange={(event) => set({ hosts_only: event.currentTarget.checked })}
        />
        <span>{texts("only_hosts")}</span>
      </label>
      <label class="chat-mode-row">
        <span>{texts("slow_label")}</span>
        <select
          data-testid="chat-slow"
          value={String(slowS)}
          onChange={(event) => set({ slow_s: Number(event.currentTarget.value) })}
        >
          {pauses.map((pause) => (
            <option key={pause} value={String(pause)}>
              {pause === 0 ? texts("slow_off") : texts("slow_seconds", { count: pause })}
            </option>
          ))}
        </select>
      </label>
    </details>
  );
}
