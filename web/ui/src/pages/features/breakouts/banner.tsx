import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { Icon } from "../../shared/icons";
import { useTick } from "../../shared/use_tick";
import type { CallProps } from "../feature";
import {
  askBreakouts,
  breakoutsOf,
  leadsGroups,
  ownGroupOf,
  runsRoom,
  timeLeft,
} from "./breakouts";
import { LostBanner } from "./lost_banner";
import { texts } from "./texts";

const WARNING_US = 60_000_000;

/** Where one is, how long still, and the way to help and back. */
export function BreakoutsBanner({ call }: CallProps): JSX.Element | null {
  const { own, phase } = breakoutsOf(call).state;
  if (own !== null) return <InGroup call={call} />;
  if (phase === "none") return null;
  return (
    <>
      <LostBanner call={call} />
      {leadsGroups(call) ? <HelpWanted call={call} /> : <OwnGroup call={call} />}
    </>
  );
}

function InGroup({ call }: CallProps): JSX.Element | null {
  const { own, mayReturn, endsAtUs, isClosing, groups } = breakoutsOf(call).state;
  if (own === null) return null;
  const isHost = runsRoom(call);
  const isLate = isClosing || (endsAtUs !== null && endsAtUs - call.room.nowUs < WARNING_US);
  return (
    <>
      <div
        class={`banner groups-banner ${isLate ? "banner-warning" : "banner-calm"}`}
        data-testid="group-banner"
      >
        <Icon name="groups" size={22} />
        <span class="banner-text">
          <strong role="status">
            {texts(isHost ? "host_in" : "you_are_in", { group: own.name })}
          </strong>
          <Remaining call={call} />
          <Voice call={call} />
        </span>
        <span class="groups-actions">
          {!isHost && <Help call={call} />}
          {isHost && groups.length > 1 && (
            <button
              type="button"
              class="secondary-button small"
              onClick={() => call.shell.openPanel("breakouts")}
            >
              {texts("to_group")}
            </button>
          )}
          {(isHost || mayReturn || own.hasEnded) && (
            <button
              type="button"
              class="secondary-button small"
              data-testid="group-back"
              onClick={() => void askBreakouts(call, { type: "go_back" })}
            >
              {texts("back")}
            </button>
          )}
        </span>
      </div>
      <Announced call={call} />
    </>
  );
}

function Help({ call }: CallProps): JSX.Element {
  const askedBy = breakoutsOf(call).state.own?.helpAskedBy ?? null;
  const isAsked = askedBy !== null;
  return (
    <>
      {isAsked && (
        <span class="groups-asked" role="status">
          {texts("help_asked", { name: askedBy })}
        </span>
      )}
      <button
        type="button"
        class={isAsked ? "secondary-button small" : "primary-button small"}
        data-testid="group-help"
        onClick={() => void askBreakouts(call, { type: isAsked ? "end_help" : "ask_help" })}
      >
        {texts(isAsked ? "help_withdraw" : "ask_help")}
      </button>
    </>
  );
}

function Voice({ call }: CallProps): JSX.Element | null {
  const { voice } = breakoutsOf(call).state;
  if (voice === null) return null;
  return (
    <span class="groups-voice" role="status" data-testid="group-voice">
      <Icon name="microphone" size={16} />
      {texts("speaks", { name: voice.name })}
    </span>
  );
}

function Remaining({ call }: CallProps): JSX.Element | null {
  useTick(500);
  const time = timeLeft(call);
  if (time === null) return null;
  const { isClosing } = breakoutsOf(call).state;
  return (
    <span class="groups-time" role="timer" aria-live="off" data-testid="group-time">
      {texts(isClosing ? "ends_in" : "left", { time })}
    </span>
  );
}

function Announced({ call }: CallProps): JSX.Element | null {
  const [hiddenAtUs, setHiddenAtUs] = useState(-1);
  const announcement = breakoutsOf(call).state.own?.announcement ?? null;
  if (announcement === null || announcement.atUs === hiddenAtUs) return null;
  return (
    <div class="banner banner-warning groups-banner" role="alert" data-testid="group-announcement">
      <Icon name="podium" size={20} />
      <span class="banner-text">
        <span>{texts("says", { name: announcement.authorName })}</span>
        <strong>{announcement.text}</strong>
      </span>
      <button
        type="button"
        class="secondary-button small"
        onClick={() => setHiddenAtUs(announcement.atUs)}
      >
        {texts("dismiss")}
      </button>
    </div>
  );
}

/** For a host in the main room: the group that has waited longest for help. */
function HelpWanted({ call }: CallProps): JSX.Element | null {
  const { help, groups } = breakoutsOf(call).state;
  const [first] = help;
  if (first === undefined || call.shell.panel.value === "breakouts") return null;
  const group = groups.find((one) => one.number === first.number)?.name ?? "";
  return (
    <div class="banner banner-warning groups-banner" data-testid="help-banner">
      <Icon name="lost" size={20} />
      <span class="banner-text" role="status">
        <strong>{texts("help_of", { group, name: first.name })}</strong>
      </span>
      <button
        type="button"
        class="primary-button small"
        aria-label={texts("visit_group", { group })}
        onClick={() => void askBreakouts(call, { type: "enter", number: first.number })}
      >
        {texts("go")}
      </button>
    </div>
  );
}

/** For a merchant in the main room: the group that waits, or the choice of one. */
function OwnGroup({ call }: CallProps): JSX.Element | null {
  const { phase, by } = breakoutsOf(call).state;
  const own = ownGroupOf(call);
  if (phase === "open" && own?.groupId != null) {
    return (
      <div class="banner banner-calm groups-banner" data-testid="own-group-banner">
        <Icon name="groups" size={20} />
        <span class="banner-text">
          <strong role="status">{texts("your_group", { group: own.name })}</strong>
          <Remaining call={call} />
        </span>
        <button
          type="button"
          class="primary-button small"
          data-testid="group-enter"
          onClick={() => void askBreakouts(call, { type: "enter", number: own.number })}
        >
          {texts("go")}
        </button>
      </div>
    );
  }
  if (by !== "choice" || call.shell.panel.value === "breakouts") return null;
  return (
    <div class="banner banner-calm groups-banner" data-testid="choice-banner">
      <Icon name="groups" size={20} />
      <span class="banner-text" role="status">
        <strong>{texts("choose_title")}</strong>
        <span>{own === null ? texts("choose_hint") : own.name}</span>
      </span>
      <button
        type="button"
        class="primary-button small"
        data-testid="choice-open"
        onClick={() => call.shell.openPanel("breakouts")}
      >
        {texts("look")}
      </button>
    </div>
  );
}
