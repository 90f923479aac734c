import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

import type { Mood } from "../../../client/plugins/pulse";
import { MOODS, REACTIONS } from "../../../client/plugins/pulse";
import { Icon } from "../../shared/icons";
import type { CallProps } from "../feature";
import { Glyph } from "./glyph";
import { isPadOpen, MOOD_ICONS, moodNow, pulseOf, seesPulse } from "./pulse";
import { texts } from "./texts";

const OPENERS = '[data-testid="react-button"], [data-testid="more-button"]';

/** How the lesson goes for me, and reactions. It stays open: one claps more than once. */
export function PulsePad({ call }: CallProps): JSX.Element {
  const pad = useRef<HTMLDivElement>(null);
  useEffect(() => {
    pad.current?.querySelector("button")?.focus();
    const closeOutside = (event: PointerEvent): void => {
      const { target } = event;
      if (!(target instanceof Element) || pad.current?.contains(target) === true) return;
      if (target.closest(OPENERS) === null) isPadOpen.value = false;
    };
    document.addEventListener("pointerdown", closeOutside);
    return () => document.removeEventListener("pointerdown", closeOutside);
  }, []);
  const pulse = pulseOf(call);
  const handleKey = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    isPadOpen.value = false;
    document.querySelector<HTMLElement>(OPENERS)?.focus();
  };
  return (
    <div
      ref={pad}
      class="pulse-pad"
      role="dialog"
      aria-label={texts(seesPulse(call) ? "react" : "say")}
      data-testid="pulse-pad"
      onKeyDown={handleKey}
    >
      {!seesPulse(call) && <Moods call={call} />}
      <div class="reactions" role="group" aria-label={texts("react")}>
        {REACTIONS.map((reaction) => (
          <button
            key={reaction}
            type="button"
            class="reaction"
            aria-label={texts(reaction)}
            title={texts(reaction)}
            data-testid={`react-${reaction}`}
            onClick={() => pulse.signal({ type: "react", reaction })}
          >
            <Glyph reaction={reaction} size={32} />
          </button>
        ))}
      </div>
    </div>
  );
}

function Moods({ call }: CallProps): JSX.Element {
  const pulse = pulseOf(call);
  const own = moodNow(call);
  const feel = (mood: Mood): void => {
    void call.attempt(pulse.request({ type: "feel", mood: mood === own ? null : mood }));
  };
  return (
    <div class="moods">
      <p class="hint">{texts(pulse.state.isAnonymous ? "anonymous_hint" : "named_hint")}</p>
      <div class="mood-buttons" role="group" aria-label={texts("say")}>
        {MOODS.map((mood) => (
          <button
            key={mood}
            type="button"
            class={`mood mood-${mood}`}
            aria-pressed={mood === own}
            data-testid={`mood-${mood}`}
            onClick={() => feel(mood)}
          >
            <Icon name={MOOD_ICONS[mood]} size={22} />
            {texts(mood)}
          </button>
        ))}
      </div>
    </div>
  );
}
