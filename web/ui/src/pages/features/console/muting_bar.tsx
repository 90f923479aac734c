import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { PluginBody } from "../../../client";
import { Dialog } from "../../shared/dialog";
import { Icon } from "../../shared/icons";
import type { CallProps } from "../feature";
import { floorOf } from "../hands/floor";
import { texts } from "./texts";

/** Silence for all; and, while nobody may unmute, the way back. */
export function MutingBar({ call }: CallProps): JSX.Element {
  const [isAsking, setAsking] = useState(false);
  const [sparesFloor, setSparesFloor] = useState(true);
  const floor = floorOf(call);
  const ask = (body: PluginBody): void => void call.attempt(floor.request(body));
  const muteAll = (may_unmute: boolean): void =>
    ask({ type: "mute_all", may_unmute, spares_floor: sparesFloor });
  const holders = floor.state.queue.floors.length;
  if (floor.state.queue.allSilenced) {
    return (
      <div class="muting-bar silenced" role="status">
        <Icon name="microphoneOff" size={20} />
        <span>{texts("all_silenced")}</span>
        <button
          type="button"
          class="secondary-button small"
          data-testid="allow-all"
          onClick={() => ask({ type: "allow_unmute" })}
        >
          {texts("allow_all")}
        </button>
      </div>
    );
  }
  return (
    <div class="muting-bar">
      <button
        type="button"
        class="secondary-button small"
        data-testid="mute-all"
        onClick={() => {
          setSparesFloor(true);
          setAsking(true);
        }}
      >
        <Icon name="microphoneOff" size={18} />
        {texts("mute_all")}
      </button>
      {isAsking && (
        <Dialog title={texts("mute_all_title")} onClose={() => setAsking(false)}>
          <p>{texts(holders === 0 ? "mute_all_body" : "mute_all_hosts")}</p>
          {holders > 0 && (
            <label class="right">
              <input
                type="checkbox"
                role="switch"
                data-testid="mute-all-floor"
                checked={!sparesFloor}
                onChange={() => setSparesFloor(!sparesFloor)}
              />
              <span>{texts("mute_all_floor", { count: holders })}</span>
            </label>
          )}
          <form method="dialog" class="mute-choices">
            <button
              class="primary-button"
              data-testid="mute-all-softly"
              onClick={() => muteAll(true)}
            >
              {texts("mute_softly")}
            </button>
            <button
              class="danger-button"
              data-testid="mute-all-firmly"
              onClick={() => muteAll(false)}
            >
              {texts("mute_firmly")}
            </button>
            <button class="secondary-button">{texts("cancel")}</button>
          </form>
        </Dialog>
      )}
    </div>
  );
}
