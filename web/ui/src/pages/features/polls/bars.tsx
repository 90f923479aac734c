import type { JSX } from "preact";

import { texts } from "./texts";

interface BarsProps {
  /** `counts` and `voters` as they are to be shown. */
  poll: { choices: readonly string[]; counts: readonly number[]; voters: number };
  right: readonly number[];
  /** What one has chosen oneself. */
  own?: readonly number[];
}

/** How many have chosen what. */
export function Bars({ poll, right, own = [] }: BarsProps): JSX.Element {
  return (
    <ul class="bars">
      {poll.choices.map((choice, index) => {
        const count = poll.counts[index] ?? 0;
        const percent = poll.voters === 0 ? 0 : Math.round((100 * count) / poll.voters);
        return (
          <li key={choice} class={right.includes(index) ? "bar right" : "bar"} data-count={count}>
            <span class="bar-fill" style={{ inlineSize: `${percent}%` }} aria-hidden="true" />
            <span class="bar-name">
              {choice}
              {right.includes(index) && <Mark text={texts("right_choice")} />}
              {own.includes(index) && <Mark text={texts("own_choice")} />}
            </span>
            <span class="bar-count">
              <strong>{`${percent} %`}</strong> {count}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

function Mark({ text }: { text: string }): JSX.Element {
  return <span class="bar-mark">{text}</span>;
}
