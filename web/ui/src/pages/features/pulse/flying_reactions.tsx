import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import type { Reaction } from "../../../client/plugins/pulse";
import { reactionsOf } from "../../../client/plugins/pulse";
import type { CallProps } from "../feature";
import { Glyph } from "./glyph";
import { pulseOf } from "./pulse";
import { texts } from "./texts";

interface Flight {
  readonly id: number;
  readonly reaction: Reaction;
  /** Shown beside the glyph: who it is from, or how many it stands for. */
  readonly note: string;
  readonly left: number;
  readonly delayMs: number;
}

const FLIGHT_MS = 3_200;
const MOST_AT_ONCE = 40;
/** So many of one kind fly one by one; of more, one flies with their number. */
const ONE_BY_ONE = 6;
const SPREAD_MS = 300;

let nextId = 1;

/** What others sent just now, on its way up. Nothing can be pressed here. */
export function FlyingReactions({ call }: CallProps): JSX.Element {
  const [flights, setFlights] = useState<readonly Flight[]>([]);
  const [heard, setHeard] = useState("");
  const pulse = pulseOf(call);
  useEffect(
    () =>
      pulse.onSignal((signal) => {
        const said = signal.event === "reacted" ? reactionsOf(signal.body) : null;
        if (said === null || document.hidden) return;
        const started = [...said.counts].flatMap(([reaction, count]) =>
          takeOff(reaction, count, said.name),
        );
        setFlights((flying) => [...flying, ...started].slice(-MOST_AT_ONCE));
        setHeard([...said.counts].map(([each, count]) => `${texts(each)} ${count}`).join(", "));
        const ids = new Set(started.map(({ id }) => id));
        setTimeout(
          () => setFlights((flying) => flying.filter(({ id }) => !ids.has(id))),
          FLIGHT_MS + SPREAD_MS,
        );
      }),
    [pulse],
  );
  return (
    <>
      <div class="flights" aria-hidden="true" data-testid="flights">
        {flights.map(({ id, reaction, note, left, delayMs }) => (
          <span
            key={id}
            class="flight"
            data-reaction={reaction}
            style={{ left: `${left}%`, animationDelay: `${delayMs}ms` }}
          >
            <Glyph reaction={reaction} size={44} />
            {note !== "" && <span class="flight-note">{note}</span>}
          </span>
        ))}
      </div>
      <p class="visually-hidden" role="log">
        {heard}
      </p>
    </>
  );
}

function takeOff(reaction: Reaction, count: number, name: string): Flight[] {
  const isMany = count > ONE_BY_ONE;
  const note = isMany ? `×${count}` : name;
  return Array.from({ length: isMany ? 1 : count }, () => ({
    id: nextId++,
    reaction,
    note,
    left: 4 + Math.random() * 24,
    delayMs: Math.round(Math.random() * SPREAD_MS),
  }));
}
