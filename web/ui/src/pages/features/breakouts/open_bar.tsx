import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { Icon } from "../../shared/icons";
import { useTick } from "../../shared/use_tick";
import { showToast } from "../../state/toasts";
import type { CallProps } from "../feature";
import { askBreakouts, breakoutsOf, timeLeft } from "./breakouts";
import { texts } from "./texts";

const COUNTDOWN_S = 30;
const EXTENSION_S = 300;
const MOST_CHARACTERS = 1_000;

/** The groups are open: the time, a word to all, who asks for help, and the end. */
export function OpenBar({ call }: CallProps): JSX.Element {
  return (
    <>
      <Clock call={call} />
      <HelpCalls call={call} />
      <Announce call={call} />
      <SpeakToAll call={call} />
    </>
  );
}

function Clock({ call }: CallProps): JSX.Element {
  useTick(500);
  const { isClosing, endsAtUs } = breakoutsOf(call).state;
  const time = timeLeft(call);
  const setTimer = (duration_s: number | null): void =>
    void askBreakouts(call, { type: "set_timer", duration_s });
  const leftS = endsAtUs === null ? 0 : Math.max(0, (endsAtUs - call.room.nowUs) / 1e6);
  return (
    <section class={isClosing ? "groups-section groups-clock closing" : "groups-section groups-clock"}>
      <p role="timer" aria-live="off">
        <strong>{texts("is_open")}</strong>
        {time !== null && (
          <span data-testid="groups-time">
            {texts(isClosing ? "ends_in" : "left", { time })}
          </span>
        )}
      </p>
      <div class="groups-row">
        {isClosing ? (
          <button
            type="button"
            class="secondary-button small"
            data-testid="keep-groups"
            onClick={() => setTimer(null)}
          >
            {texts("keep")}
          </button>
        ) : (
          <>
            {time !== null && (
              <button
                type="button"
                class="secondary-button small"
                onClick={() => setTimer(Math.round(leftS) + EXTENSION_S)}
              >
                {texts("extend")}
              </button>
            )}
            <button
              type="button"
              class="secondary-button small"
              data-testid="close-groups"
              onClick={() => void askBreakouts(call, { type: "close", countdown_s: COUNTDOWN_S })}
            >
              {texts("close")}
            </button>
          </>
        )}
        <button
          type="button"
          class="danger-button small"
          data-testid="close-groups-now"
          onClick={() => void askBreakouts(call, { type: "close", countdown_s: 0 })}
        >
          {texts("close_now")}
        </button>
      </div>
    </section>
  );
}

function SpeakToAll({ call }: CallProps): JSX.Element {
  const { voice } = breakoutsOf(call).state;
  const isOn = voice !== null && voice.participantId === call.room.participantId;
  const isSilent = isOn && !call.isOn("microphone");
  const toggle = (): void => void askBreakouts(call, { type: "speak", is_on: !isOn });
  return (
    <section class="groups-section">
      <button
        type="button"
        class={isOn ? "primary-button groups-speak" : "secondary-button groups-speak"}
        aria-pressed={isOn}
        data-testid="speak-to-all"
        onClick={toggle}
      >
        <Icon name={isSilent ? "microphoneOff" : "microphone"} size={20} />
        {texts(isOn ? "speak_stop" : "speak")}
      </button>
      <p class="hint" role="status">
        {voice !== null && !isOn
          ? texts("speaks", { name: voice.name })
          : texts(isSilent ? "speak_silent" : "speak_hint")}
      </p>
    </section>
  );
}

function HelpCalls({ call }: CallProps): JSX.Element | null {
  const { help, groups } = breakoutsOf(call).state;
  if (help.length === 0) return null;
  return (
    <section class="groups-section" aria-labelledby="groups-help">
      <h3 id="groups-help">{texts("help_title")}</h3>
      <ul class="groups-help">
        {help.map(({ number, name }) => {
          const group = groups.find((one) => one.number === number)?.name ?? "";
          return (
            <li key={number}>
              <Icon name="lost" size={20} />
              <span>{texts("help_of", { group, name })}</span>
              <button
                type="button"
                class="primary-button small"
                data-testid="help-go"
                aria-label={texts("visit_group", { group })}
                onClick={() => void askBreakouts(call, { type: "enter", number })}
              >
                {texts("go")}
              </button>
              <button
                type="button"
                class="secondary-button small"
                data-testid="help-done"
                aria-label={texts("help_done_of", { group })}
                onClick={() => void askBreakouts(call, { type: "end_help", number })}
              >
                {texts("help_done")}
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Announce({ call }: CallProps): JSX.Element {
  const [text, setText] = useState("");
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (text.trim() === "") return;
    await call.attempt(
      breakoutsOf(call)
        .request({ type: "announce", text })
        .then(() => {
          setText(""); // What could not be sent stays to be sent again.
          showToast(texts("announced"));
        }),
    );
  };
  return (
    <form class="groups-section groups-announce" onSubmit={(event) => void submit(event)}>
      <label>
        <span class="groups-label">{texts("announce")}</span>
        <input
          type="text"
          data-testid="groups-announce"
          maxLength={MOST_CHARACTERS}
          placeholder={texts("announce_hint")}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="secondary-button" data-testid="groups-announce-send">
        {texts("announce_send")}
      </button>
    </form>
  );
}
