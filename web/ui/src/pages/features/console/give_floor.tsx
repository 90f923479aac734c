import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { RaisedHand, Right } from "../../../client/plugins/hands";
import { RIGHTS } from "../../../client/plugins/hands";
import { Dialog } from "../../shared/dialog";
import { Icon } from "../../shared/icons";
import { spokenName } from "../../shared/spoken_name";
import type { CallProps } from "../feature";
import { floorOf } from "../hands/floor";
import { texts } from "./texts";

/** What one tap gives: as it was chosen last. */
const usual = signal<readonly Right[]>(["voice", "camera"]);

type HandProps = CallProps & { hand: RaisedHand; isHere: boolean };

/** One tap gives the usual rights; the button beside it lets a host choose others. */
export function GiveFloor({ call, hand, isHere }: HandProps): JSX.Element {
  const [isChoosing, setChoosing] = useState(false);
  const { name, participantId } = hand;
  const give = (): void => {
    const body = { type: "give_floor", participant_id: participantId, rights: usual.value };
    void call.attempt(floorOf(call).request(body));
  };
  const kinds = usual.value.map((right) => texts(`right_${right}`)).join(", ");
  return (
    <span class="give-floor">
      <button
        type="button"
        class="primary-button small"
        data-testid="give-floor"
        aria-label={spokenName(texts("give_floor_to", { name }), texts("give_floor"))}
        title={texts("give_floor_with", { kinds })}
        disabled={!isHere}
        onClick={give}
      >
        {texts("give_floor")}
      </button>
      <button
        type="button"
        class="icon-button"
        data-testid="give-floor-more"
        aria-haspopup="dialog"
        aria-label={texts("give_floor_choose", { name })}
        title={texts("give_floor_choose", { name })}
        disabled={!isHere}
        onClick={() => setChoosing(true)}
      >
        <Icon name="more" size={19} />
      </button>
      {isChoosing && (
        <Choice name={name} onGive={give} onClose={() => setChoosing(false)} />
      )}
    </span>
  );
}

function Choice({
  name,
  onGive,
  onClose,
}: {
  name: string;
  onGive: () => void;
  onClose: () => void;
}): JSX.Element {
  const [chosen, setChosen] = useState<readonly Right[]>(usual.value);
  const toggle = (right: Right): void =>
    setChosen(RIGHTS.filter((each) => chosen.includes(each) !== (each === right)));
  return (
    <Dialog title={texts("give_floor_to", { name })} onClose={onClose}>
      <fieldset class="rights">
        <legend class="field-label">{texts("give_floor_rights")}</legend>
        {RIGHTS.map((right) => (
          <label key={right} class="right">
            <input
              type="checkbox"
              role="switch"
              data-testid={`floor-${right}`}
              checked={chosen.includes(right)}
              onChange={() => toggle(right)}
            />
            <span>{texts(`right_${right}`)}</span>
          </label>
        ))}
      </fieldset>
      <p class="hint">{texts("give_floor_kept")}</p>
      <form method="dialog" class="dialog-actions">
        <button class="secondary-button">{texts("cancel")}</button>
        <button
          class="primary-button"
          data-testid="give-floor-chosen"
          disabled={chosen.length === 0}
          onClick={() => {
            usual.value = chosen;
            onGive();
          }}
        >
          {texts("give_floor")}
        </button>
      </form>
    </Dialog>
  );
}
