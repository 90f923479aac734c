import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { Grants, Source } from "../../../client";
import type { Right } from "../../../client/plugins/hands";
import { RIGHTS } from "../../../client/plugins/hands";
import { t } from "../../i18n/translate";
import { FeatureParts } from "../../panel/person_parts";
import { Dialog } from "../../shared/dialog";
import type { PersonProps } from "../feature";
import { floorOf } from "../hands/floor";
import { texts } from "./texts";

const SOURCE_OF: Readonly<Partial<Record<Right, Source>>> = {
  voice: "microphone",
  camera: "camera",
  screen: "screen_share",
};

/** Everything that can be done for, and with, one person. */
export function PersonDialog({
  call,
  person,
  onClose,
}: PersonProps & { onClose: () => void }): JSX.Element {
  const { room } = call;
  const isSelf = person.id === room.participantId;
  const isMerchant = person.role === "merchant" || person.role === "observer";
  return (
    <Dialog title={person.name} onClose={onClose}>
      <p class="person-badges">
        <span class="hint">
          {t(`role.${person.role}`)}
          {!person.isConnected && ` · ${t("people.away")}`}
        </span>
        <FeatureParts call={call} person={person} part="PersonBadges" />
      </p>
      {isMerchant && <Rights call={call} person={person} />}
      {isMerchant && <Voice call={call} person={person} />}
      <form method="dialog" class="dialog-actions person-foot">
        <span class="person-actions">
          <FeatureParts call={call} person={person} part="PersonActions" />
        </span>
        {room.self?.isHost === true && !isSelf && <Remove call={call} person={person} />}
        <button class="secondary-button">{t("app.close")}</button>
      </form>
    </Dialog>
  );
}

function Rights({ call, person }: PersonProps): JSX.Element {
  const floor = floorOf(call);
  const grants = call.room.roster.grantsOf(person.id);
  return (
    <fieldset class="rights">
      <legend class="field-label">{texts("rights")}</legend>
      {RIGHTS.map((right) => {
        const isGranted = has(grants, right);
        return (
          <label key={right} class="right">
            <input
              type="checkbox"
              role="switch"
              data-testid={`right-${right}`}
              checked={isGranted}
              onChange={(event) => {
                // The switch follows what the server says, not the finger.
                event.currentTarget.checked = isGranted;
                const type = isGranted ? "revoke" : "grant";
                const body = { type, participant_id: person.id, rights: [right] };
                void call.attempt(floor.request(body));
              }}
            />
            <span>{texts(`right_${right}`)}</span>
          </label>
        );
      })}
    </fieldset>
  );
}

function has(grants: Grants, right: Right): boolean {
  const source = SOURCE_OF[right];
  return source === undefined ? grants.canDraw : grants.sources.includes(source);
}

/** Mute without the right to unmute, and the right given back. */
function Voice({ call, person }: PersonProps): JSX.Element {
  const floor = floorOf(call);
  const { queue } = floor.state;
  const isSilenced = queue.silenced.includes(person.id);
  const body = { participant_id: person.id };
  return (
    <div class="person-voice">
      {isSilenced || queue.allSilenced ? (
        <button
          type="button"
          class="secondary-button small"
          data-testid="allow-unmute"
          onClick={() => void call.attempt(floor.request({ type: "allow_unmute", ...body }))}
        >
          {texts("allow_unmute")}
        </button>
      ) : (
        <button
          type="button"
          class="secondary-button small"
          data-testid="silence"
          onClick={() =>
            void call.attempt(floor.request({ type: "mute", may_unmute: false, ...body }))
          }
        >
          {texts("silence")}
        </button>
      )}
    </div>
  );
}

/** The second press removes: one slip of a finger does not. */
function Remove({ call, person }: PersonProps): JSX.Element {
  const [isSure, setSure] = useState(false);
  if (!isSure) {
    return (
      // A key of its own: turned into the next button, it would be pressed by the same click.
      <button key="ask" type="button" class="danger-button" onClick={() => setSure(true)}>
        {t("people.remove_confirm")}
      </button>
    );
  }
  return (
    <button
      key="sure"
      class="danger-button"
      data-testid="remove-confirm"
      onClick={() => void call.attempt(call.room.hosting.removeParticipant(person.id))}
    >
      {t("people.remove", { name: person.name })}
    </button>
  );
}
