import type { JSX, RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

import type { Knock } from "../../../client/plugins/lobby";
import { Icon } from "../../shared/icons";
import { spokenName } from "../../shared/spoken_name";
import type { CallProps } from "../feature";
import { playKnock } from "./knock_sound";
import { askLobby, isHost, lobbyOf } from "./lobby";
import { texts } from "./texts";

const WAYS_TO_THE_DOOR = "[data-testid='lobby-button'], [data-testid='more-button']";

/** Tells hosts who waits; the panel, once it is open, does so itself. */
export function KnockBanner({ call }: CallProps): JSX.Element | null {
  const { waiting, waitingTotal } = lobbyOf(call).state;
  const banner = useRef<HTMLDivElement>(null);
  const [first] = waiting;
  const isShown = isHost(call) && call.shell.panel.value !== "lobby" && first !== undefined;
  useKnockSound(isHost(call), waiting);
  useKeptFocus(banner, isShown, `${waitingTotal === 1} ${first?.waitingId}`);
  if (!isShown) return null;
  const isAlone = waitingTotal === 1;
  return (
    <div ref={banner} class="banner banner-calm knock-banner" data-testid="knock-banner">
      <Icon name="door" size={20} />
      <span class="banner-text" role="status">
        <strong>
          {isAlone
            ? texts("knock_one", { name: first.name })
            : texts("knock_many", { count: waitingTotal })}
        </strong>
        {!isAlone && <span>{texts("knock_hint", { name: first.name })}</span>}
      </span>
      <span class="knock-actions">
        {isAlone && (
          <button
            type="button"
            class="primary-button knock-button"
            data-testid="knock-admit"
            aria-label={spokenName(texts("admit_name", { name: first.name }), texts("admit"))}
            onClick={() => askLobby(call, { type: "admit", waiting_ids: [first.waitingId] })}
          >
            {texts("admit")}
          </button>
        )}
        {!isAlone && (
          <button
            type="button"
            class="primary-button knock-button"
            data-testid="knock-admit-all"
            onClick={() => askLobby(call, { type: "admit_all" })}
          >
            {texts("admit_all")}
          </button>
        )}
        {isAlone && (
          <button
            type="button"
            class="secondary-button knock-button"
            data-testid="knock-refuse"
            aria-label={spokenName(texts("refuse_name", { name: first.name }), texts("refuse"))}
            onClick={() =>
              askLobby(call, { type: "refuse", waiting_id: first.waitingId, message: "" })
            }
          >
            {texts("refuse")}
          </button>
        )}
        <button
          type="button"
          class="secondary-button knock-button"
          data-testid="knock-show"
          onClick={() => call.shell.openPanel("lobby")}
        >
          {texts("show")}
        </button>
      </span>
    </div>
  );
}

/** Sounds when somebody new waits; who waited already when the page came says nothing. */
function useKnockSound(isHost: boolean, waiting: readonly Knock[]): void {
  const known = useRef<ReadonlySet<string> | null>(null);
  useEffect(() => {
    const before = known.current;
    known.current = new Set(waiting.map(({ waitingId }) => waitingId));
    if (!isHost || before === null) return;
    if (waiting.some(({ waitingId }) => !before.has(waitingId))) playKnock(performance.now());
  }, [isHost, waiting]);
}

/**
 * Who works with the keyboard does not lose their place: if the pressed button is gone, the next
 * one's first button has the focus; and when nobody waits any more, the button of the panel.
 */
function useKeptFocus(banner: RefObject<HTMLDivElement>, isShown: boolean, whose: string): void {
  const hadFocus = useRef(false);
  useEffect(() => {
    const note = (): void => {
      hadFocus.current = banner.current?.contains(document.activeElement) === true;
    };
    document.addEventListener("focusin", note);
    return () => document.removeEventListener("focusin", note);
  }, [banner]);
  useLayoutEffect(() => {
    const isLost = document.activeElement === null || document.activeElement === document.body;
    if (!hadFocus.current || !isLost) return;
    hadFocus.current = false;
    const next = isShown
      ? banner.current?.querySelector<HTMLElement>("button")
      : [...document.querySelectorAll<HTMLElement>(WAYS_TO_THE_DOOR)].find(isVisible);
    next?.focus();
  }, [banner, isShown, whose]);
}

function isVisible(element: HTMLElement): boolean {
  return element.offsetParent !== null;
}
