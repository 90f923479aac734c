import type { JSX } from "preact";

import { screenShareFold } from "../../../client/plugins/screen_share";
import { PersonButton } from "../../panel/person_button";
import type { PersonProps } from "../feature";
import { texts } from "./texts";

/** For a host: ask this person to share, take that back, or end its share. */
export function PersonShare({ call, person }: PersonProps): JSX.Element | null {
  const { room } = call;
  const plugin = room.plugin(screenShareFold);
  const role = room.self?.role;
  if ((role !== "host" && role !== "assistant") || person.id === room.participantId) return null;
  const { id, identity, name } = person;
  const request = (body: { type: string }): void => void call.attempt(plugin.request(body));
  if (room.roster.trackOf(id, "screen_share") !== undefined) {
    const label = texts("stop_other", { name });
    const body = { type: "stop_share", participant_id: id };
    return <PersonButton icon="screenStop" label={label} onClick={() => request(body)} />;
  }
  if (!person.grants.sources.includes("screen_share")) return null;
  const isAsked = plugin.state.asks.some((ask) => ask.identity === identity);
  const body = isAsked
    ? { type: "withdraw_ask", identity }
    : { type: "ask_to_share", participant_id: id };
  return (
    <PersonButton
      icon="screen"
      label={texts(isAsked ? "withdraw" : "ask", { name })}
      isOn={isAsked}
      testId="ask-to-share"
      onClick={() => request(body)}
    />
  );
}
