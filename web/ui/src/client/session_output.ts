/** What the session machine asks its shell to do, and tells it. */

import type { EmporionError } from "./errors";
import type {
  CanPublishChanged,
  ClientRequest,
  EncodingsWanted,
  EntryInfo,
  Hello,
  IceRestarted,
  Leave,
  LinkChanged,
  LinksChanged,
  Moved,
  MuteRequested,
  Ping,
  PluginSignalled,
  PluginSummary,
  Pong,
  Prepare,
  RequestSucceeded,
  Resume,
  Resumed,
  ServerPush,
  SlotsChanged,
  SpeakersChanged,
  TrackPublished,
  Waiting,
  Welcome,
} from "./protocol";

/**
 * `idle`: nothing yet · `prepared`: socket and media are opened ahead of the click · `joining`: hello is on its way ·
 * `waiting`: at the door, until somebody lets one in · `joined` · `reconnecting`: the socket is lost, the server keeps the place · `ended`: for good.
 */
export type SessionPhase =
  | "idle"
  | "prepared"
  | "joining"
  | "waiting"
  | "joined"
  | "reconnecting"
  | "ended";

type WithoutRef<T> = T extends unknown ? Omit<T, "ref" | "room_id"> : never;

/** A request without its `ref` and its room, which the session gives it. */
export type RequestBody = WithoutRef<
  Exclude<ClientRequest, Hello | Prepare | Resume | Leave | Ping>
>;

export type Reply = RequestSucceeded | TrackPublished | IceRestarted | Pong;

const REPLIES: ReadonlySet<ServerPush["type"]> = new Set<Reply["type"]>([
  "request_succeeded",
  "track_published",
  "ice_restarted",
  "pong",
]);

export function isReply(message: ServerPush): message is Reply {
  return REPLIES.has(message.type);
}

/** Pushes that are not part of the journal. */
export type LivePush =
  | Moved
  | SlotsChanged
  | SpeakersChanged
  | LinkChanged
  | LinksChanged
  | EncodingsWanted
  | MuteRequested
  | CanPublishChanged
  | PluginSignalled
  | PluginSummary;

export type SessionOutput =
  | { readonly kind: "connect" }
  | { readonly kind: "disconnect" }
  | { readonly kind: "send"; readonly message: ClientRequest }
  | { readonly kind: "phase_changed"; readonly phase: SessionPhase }
  | { readonly kind: "prepared"; readonly answer: string }
  | { readonly kind: "preparation_lost" }
  | { readonly kind: "welcomed"; readonly welcome: Welcome }
  | { readonly kind: "resumed"; readonly resumed: Resumed }
  | { readonly kind: "waits"; readonly waiting: Waiting }
  | { readonly kind: "entries"; readonly entries: readonly EntryInfo[] }
  | { readonly kind: "pushed"; readonly push: LivePush }
  | { readonly kind: "answered"; readonly ref: number; readonly reply: Reply }
  | { readonly kind: "failed"; readonly ref: number; readonly error: EmporionError }
  | { readonly kind: "ended"; readonly error: EmporionError };
