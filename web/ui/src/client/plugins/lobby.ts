import { fieldsOf, numberOf, textOf } from "../entry_bodies";
import type { PluginFold } from "../plugin_state";

export interface LobbySettings {
  readonly waitingRoom: boolean;
  readonly hostsFirst: boolean;
  readonly isLocked: boolean;
  readonly showsPatrol: boolean;
  /** Null: as many as the room's template has places for. */
  readonly capacity: number | null;
}

/** Somebody at the door. */
export interface Knock {
  readonly waitingId: string;
  readonly identity: string;
  readonly name: string;
  readonly sinceUs: number;
  readonly wasRemoved: boolean;
  /** Was let in, and comes as soon as the room has a place. */
  readonly isAdmitted: boolean;
}

export interface BannedPerson {
  readonly identity: string;
  readonly name: string;
}

/** The lobby as hosts see it: the first of those who wait, and how many there are. */
export interface LobbyState {
  readonly settings: LobbySettings;
  readonly waiting: readonly Knock[];
  readonly waitingTotal: number;
  readonly banned: readonly BannedPerson[];
  readonly bannedTotal: number;
  readonly patrols: readonly string[];
}

/** View and summary are the same, and bounded; the entries are for the record. */
export const lobbyFold: PluginFold<LobbyState> = {
  name: "lobby",
  load: (view) => stateOf(view),
  apply: (state) => state,
  summarize: (_, body) => stateOf(body),
};

function stateOf(body: unknown): LobbyState {
  const fields = fieldsOf(body);
  const settings = fieldsOf(fields["settings"]);
  const capacity = settings["capacity"];
  return {
    settings: {
      waitingRoom: settings["waiting_room"] === true,
      hostsFirst: settings["hosts_first"] === true,
      isLocked: settings["locked"] === true,
      showsPatrol: settings["shows_patrol"] === true,
      capacity: typeof capacity === "number" ? capacity : null,
    },
    waiting: listOf(fields["waiting"]).map(knockOf),
    waitingTotal: numberOf(fields["waiting_total"]),
    banned: listOf(fields["banned"]).map(bannedOf),
    bannedTotal: numberOf(fields["banned_total"]),
    patrols: listOf(fields["patrols"]).map((name) => textOf(name) ?? ""),
  };
}

function knockOf(value: unknown): Knock {
  const fields = fieldsOf(value);
  return {
    waitingId: textOf(fields["waiting_id"]) ?? "",
    identity: textOf(fields["identity"]) ?? "",
    name: textOf(fields["name"]) ?? "",
    sinceUs: numberOf(fields["since_us"]),
    wasRemoved: fields["was_removed"] === true,
    isAdmitted: fields["is_admitted"] === true,
  };
}

function bannedOf(value: unknown): BannedPerson {
  const fields = fieldsOf(value);
  return { identity: textOf(fields["identity"]) ?? "", name: textOf(fields["name"]) ?? "" };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
