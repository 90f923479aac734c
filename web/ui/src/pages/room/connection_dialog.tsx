import "./connection.css";

import type { JSX } from "preact";

import { language, t } from "../i18n/translate";
import { Dialog } from "../shared/dialog";
import { Switch } from "../shared/switch";
import type { Call } from "../state/call";
import { texts } from "./connection_texts";
import { connectionWords } from "./connection_words";

/** How one's connection is, in words; data saver; and, for hosts, whose picture comes first. */
export function ConnectionDialog({ call, onClose }: { call: Call; onClose: () => void }): JSX.Element {
  const { room, dataSaver } = call;
  const link = call.link.quality.value;
  const savesData = dataSaver.isOn.value;
  const words = connectionWords(room.link, savesData);
  const isThin = words.length > 1;
  return (
    <Dialog title={texts("title")} onClose={onClose}>
      <div class="connection" data-testid="connection-dialog">
        <p aria-live="polite" data-testid="connection-words">
          {words.length > 0
            ? words.join(language.value === "zh" ? "" : " ")
            : t("quality.label", { quality: t(`quality.${link?.quality ?? "unknown"}`) })}
        </p>
        {link?.roundTripMs != null && (
          <p class="hint">
            {t("quality.detail", { ms: link.roundTripMs, lost: (link.lostRatio * 100).toFixed(1) })}
          </p>
        )}
        {isThin && <p class="hint">{texts("advice")}</p>}
        <Switch
          testId="save-data"
          label={texts("save_data")}
          hint={texts("save_data_hint")}
          isOn={savesData}
          onChange={(isOn) => dataSaver.set(isOn, room)}
        />
        {room.schedulers.length > 1 && <SchedulerChoice call={call} />}
      </div>
      <form method="dialog" class="dialog-actions">
        <button class="primary-button">{texts("close")}</button>
      </form>
    </Dialog>
  );
}

const NAMED = ["teaching", "speaker", "gallery", "saver"] as const;

function SchedulerChoice({ call }: { call: Call }): JSX.Element {
  const chosen = call.room.info?.scheduler ?? "";
  return (
    <fieldset class="connection-choice">
      <legend>{texts("scheduler")}</legend>
      <p class="hint">{texts("scheduler_hint")}</p>
      {call.room.schedulers.map((scheduler) => {
        const known = NAMED.find((name) => name === scheduler);
        return (
          <label key={scheduler} class="connection-option">
            <input
              type="radio"
              name="scheduler"
              value={scheduler}
              checked={scheduler === chosen}
              data-testid={`scheduler-${scheduler}`}
              onChange={() => void call.attempt(call.room.hosting.setScheduler(scheduler))}
            />
            <span>
              <span>{known === undefined ? scheduler : texts(known)}</span>
              {known !== undefined && <span class="hint">{texts(`${known}_hint`)}</span>}
            </span>
          </label>
        );
      })}
    </fieldset>
  );
}
