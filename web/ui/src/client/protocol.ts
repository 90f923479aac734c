// Generated from engine/protocol by web/generate_protocol.py: do not edit.

export const PROTOCOL_VERSION = 1;
export const SUBPROTOCOL = "emporion.v1";
export const MAX_FRAME_BYTES = 524288;

/** What a track shows; LiveKit's `TrackSource`, lower case. */
export type Source = "microphone" | "camera" | "screen_share" | "screen_share_audio";

/** Names the source of one send m-line of the offer. */
export interface SendLine {
  readonly mid: string;
  readonly source: Source;
}

/** The one offer of a participant (RFC 8829). Its recvonly m-lines are the slots, in order. */
export interface MediaOffer {
  readonly sdp: string;
  readonly send_lines?: readonly SendLine[];
}

/** Join the token's room; answered by `welcome` or `request_failed` and a close. */
export interface Hello {
  readonly type: "hello";
  readonly ref: number;
  readonly protocol_version: number;
  readonly token: string;
  readonly name?: string | null;
  readonly media?: MediaOffer | null;
  readonly device_id?: string | null;
  readonly is_prepared?: boolean;
}

/**
 * Open the media ahead of `hello`, which then saves its round trips; nobody is told.
 *
 * At most once, as the first message. Answered by `prepared`, or by `request_failed`, after which
 * `hello` brings the offer. What is prepared ends with the connection.
 */
export interface Prepare {
  readonly type: "prepare";
  readonly ref: number;
  readonly protocol_version: number;
  readonly token: string;
  readonly media: MediaOffer;
  readonly device_id?: string | null;
}

export type RoomId = string;

/** Take up a participant after a lost connection; `resumed` or `request_failed` answers. */
export interface Resume {
  readonly type: "resume";
  readonly ref: number;
  readonly protocol_version: number;
  readonly resume_token: string;
  readonly last_seq: number;
  readonly room_id?: RoomId | null;
}

/** Leave the room for good; answered by `goodbye` and a close. */
export interface Leave {
  readonly type: "leave";
  readonly ref: number;
}

/** Measure the round trip; answered by `pong`. */
export interface Ping {
  readonly type: "ping";
  readonly ref: number;
}

/** New ICE credentials after the network path changed; answered by `ice_restarted`. */
export interface RestartIce {
  readonly type: "restart_ice";
  readonly ref: number;
  readonly sdp: string;
}

/** Publish what is now sent on the m-line of this source; answered by `track_published`. */
export interface PublishTrack {
  readonly type: "publish_track";
  readonly ref: number;
  readonly source: Source;
  readonly muted?: boolean;
  readonly width_px?: number;
  readonly height_px?: number;
  readonly scalability_mode?: string;
}

export type TrackId = string;

/** End one of one's own tracks; a host may end anybody's. */
export interface UnpublishTrack {
  readonly type: "unpublish_track";
  readonly ref: number;
  readonly track_id: TrackId;
}

/** Mute or unmute one's own track; a host may also mute anybody's, but not unmute it. */
export interface MuteTrack {
  readonly type: "mute_track";
  readonly ref: number;
  readonly track_id: TrackId;
  readonly muted: boolean;
}

/** A track that the page wants to show, and how large. */
export interface Tile {
  readonly track_id: TrackId;
  readonly width_px: number;
  readonly height_px: number;
}

/** What the page wants to see, most important first; the scheduler decides. The latest wins. */
export interface SetView {
  readonly type: "set_view";
  readonly ref: number;
  readonly tiles: readonly Tile[];
  readonly hidden?: boolean;
  readonly saves_data?: boolean;
}

export type ParticipantId = string;

/** A host removes somebody from the room. */
export interface RemoveParticipant {
  readonly type: "remove_participant";
  readonly ref: number;
  readonly participant_id: ParticipantId;
}

/** A host lets somebody come in again who was removed: one of `welcome.removed`, or later. */
export interface ReadmitParticipant {
  readonly type: "readmit_participant";
  readonly ref: number;
  readonly identity: string;
}

/** A host ends the session for everybody; all are told goodbye. */
export interface EndSession {
  readonly type: "end_session";
  readonly ref: number;
}

/** A host chooses what decides which picture each viewer gets: one of `welcome.schedulers`. */
export interface SetScheduler {
  readonly type: "set_scheduler";
  readonly ref: number;
  readonly scheduler: string;
}

/**
 * A request to a plugin; `body` is a tagged map that the plugin's own types validate.
 *
 * `room_id`: the room that it is meant for; who was moved meanwhile is answered `room.moved`.
 */
export interface PluginRequest {
  readonly type: "plugin_request";
  readonly ref: number;
  readonly plugin: string;
  readonly body: unknown;
  readonly room_id?: RoomId | null;
}

/** Something for a plugin that is not journaled and may be lost. Answered only if refused. */
export interface PluginSignal {
  readonly type: "plugin_signal";
  readonly ref: number;
  readonly plugin: string;
  readonly body: unknown;
  readonly room_id?: RoomId | null;
}

export type ClientRequest =
  | Hello
  | Prepare
  | Resume
  | Leave
  | Ping
  | RestartIce
  | PublishTrack
  | UnpublishTrack
  | MuteTrack
  | SetView
  | RemoveParticipant
  | ReadmitParticipant
  | EndSession
  | SetScheduler
  | PluginRequest
  | PluginSignal;

export type SessionId = string;

/** A room as its participants see it. */
export interface RoomInfo {
  readonly room_id: RoomId;
  readonly name: string;
  readonly template: string;
  readonly session_id: SessionId;
  readonly started_at_unix_s: number;
  readonly main_room_id: RoomId | null;
  readonly scheduler: string;
}

/** The defaults are those of a merchant. */
export interface Grants {
  readonly role: "host" | "assistant" | "merchant" | "observer";
  readonly can_publish_sources: readonly Source[];
  readonly can_subscribe: boolean;
  readonly room_admin: boolean;
  readonly room_record: boolean;
  readonly hidden: boolean;
  readonly can_draw: boolean;
  readonly can_ask: boolean;
  readonly can_answer: boolean;
  readonly can_poll: boolean;
  readonly can_grant_floor: boolean;
  readonly can_move_participants: boolean;
  readonly needs_no_floor: boolean;
}

/**
 * One joined participant; `identity` is the token's `sub`; not `connected`: page away.
 *
 * `grants`: what it may do; null: what `welcome.role_grants` says of its role.
 */
export interface ParticipantInfo {
  readonly participant_id: ParticipantId;
  readonly identity: string;
  readonly name: string;
  readonly role: "host" | "assistant" | "merchant" | "observer";
  readonly joined_at_us: number;
  readonly connected: boolean;
  readonly grants: Grants | null;
}

/** One published track. */
export interface TrackInfo {
  readonly track_id: TrackId;
  readonly participant_id: ParticipantId;
  readonly source: Source;
  readonly muted: boolean;
  readonly width_px: number;
  readonly height_px: number;
  readonly published_seq: number;
}

/** A plugin's state for a joiner; entries of this plugin with a seq above `seq` come on top. */
export interface PluginView {
  readonly seq: number;
  readonly body: unknown;
}

/** W3C MediaStreamTrack.kind. */
export type Kind = "audio" | "video";

/** A receive slot: an m-line of the offer on which the server sends what the scheduler says. */
export interface SlotInfo {
  readonly slot: number;
  readonly mid: string;
  readonly kind: Kind;
}

/** A plugin of the room. `panel`: the URL of a module that shows it; null: the pages do. */
export interface PluginInfo {
  readonly name: string;
  readonly panel: string | null;
}

/** Somebody whom a host has put out, and who may not come in by itself. */
export interface RemovedPerson {
  readonly identity: string;
  readonly name: string;
}

/** You are in. State as of `seq`; entries above it follow as `entries` pushes. */
export interface Welcome {
  readonly type: "welcome";
  readonly ref: number;
  readonly protocol_version: number;
  readonly server_version: string;
  readonly room: RoomInfo;
  readonly participant_id: ParticipantId;
  readonly seq: number;
  readonly participants: readonly ParticipantInfo[];
  readonly tracks: readonly TrackInfo[];
  readonly plugins: Record<string, PluginView>;
  readonly resume_token: string;
  readonly resume_window_s: number;
  readonly can_publish: readonly string[];
  readonly answer: string | null;
  readonly slots: readonly SlotInfo[];
  readonly plugin_infos: readonly PluginInfo[];
  readonly role_grants: Record<string, Grants>;
  readonly files_ticket: string;
  readonly schedulers: readonly string[];
  readonly removed: readonly RemovedPerson[];
}

/** The media is open; you are in no room yet. */
export interface Prepared {
  readonly type: "prepared";
  readonly ref: number;
  readonly answer: string;
}

/** One fact of the session's journal, as far as this participant may see it. */
export interface EntryInfo {
  readonly seq: number;
  readonly at_us: number;
  readonly author: ParticipantId | null;
  readonly kind: string;
  readonly body: unknown;
}

/** What a slot shows from one RTP timestamp on; `track_id` None: the slot is empty. */
export interface SlotView {
  readonly slot: number;
  readonly track_id: TrackId | null;
  readonly rtp_timestamp: number | null;
  readonly reason: string | null;
}

/** The connection is taken up again; everything since `last_seq` that you may see. */
export interface Resumed {
  readonly type: "resumed";
  readonly ref: number;
  readonly entries: readonly EntryInfo[];
  readonly slot_views: readonly SlotView[];
  readonly resume_token: string;
  readonly can_publish: readonly string[];
  readonly grants: Grants | null;
}

/**
 * You are in another room now: in a group, or in the main room again.
 *
 * Your connection, media, slots and published tracks are the same, and so is your participant id.
 * State as of `seq` of that room's journal, as in `welcome`; all pushes after this are of it.
 */
export interface Moved {
  readonly type: "moved";
  readonly room: RoomInfo;
  readonly seq: number;
  readonly participants: readonly ParticipantInfo[];
  readonly tracks: readonly TrackInfo[];
  readonly plugins: Record<string, PluginView>;
  readonly can_publish: readonly string[];
  readonly plugin_infos: readonly PluginInfo[];
  readonly files_ticket: string;
  readonly removed: readonly RemovedPerson[];
}

/** Done, and durable. `seq` is the entry's, if the request made one. */
export interface RequestSucceeded {
  readonly type: "request_succeeded";
  readonly ref: number;
  readonly seq: number | null;
}

/** Answers `publish_track`. */
export interface TrackPublished {
  readonly type: "track_published";
  readonly ref: number;
  readonly track_id: TrackId;
}

/** Answers `restart_ice`. */
export interface IceRestarted {
  readonly type: "ice_restarted";
  readonly ref: number;
  readonly answer: string;
}

/** Answers `ping`. */
export interface Pong {
  readonly type: "pong";
  readonly ref: number;
}

/** The request changed nothing. `ref` 0: the message was too broken to find its ref. */
export interface RequestFailed {
  readonly type: "request_failed";
  readonly ref: number;
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
}

/** New entries of the journal, in order. */
export interface Entries {
  readonly type: "entries";
  readonly entries: readonly EntryInfo[];
}

/** Slots show something else; those not named are as they were. */
export interface SlotsChanged {
  readonly type: "slots_changed";
  readonly slot_views: readonly SlotView[];
}

/** Who is heard now, loudest first. Not journaled. */
export interface SpeakersChanged {
  readonly type: "speakers_changed";
  readonly participant_ids: readonly ParticipantId[];
}

/**
 * What your downlink is believed to carry, and how pictures are shown for that.
 *
 * `screen` and `cameras` say it of the worst: "full" (as large as its tile), "fewer_frames",
 * "smaller", "paused"; "": none is to be shown.
 */
export interface LinkChanged {
  readonly type: "link_changed";
  readonly available_bps: number;
  readonly screen: string;
  readonly cameras: string;
}

/**
 * To hosts: whose link does not carry all that they should see, the worst of them first.
 *
 * Each is "reduced" or "paused"; who is not in it has everything. At most fifty, once in 2 s.
 */
export interface LinksChanged {
  readonly type: "links_changed";
  readonly levels: Record<string, string>;
}

/**
 * Which encodings of your track anybody watches: switch the others off. Not journaled.
 *
 * Of a stream that holds all its layers (SVC), so many `spatial_layers` are watched, lowest first;
 * 0: it is not said.
 */
export interface EncodingsWanted {
  readonly type: "encodings_wanted";
  readonly track_id: TrackId;
  readonly rids: readonly string[];
  readonly spatial_layers: number;
}

/** A host muted your track: stop sending on it. */
export interface MuteRequested {
  readonly type: "mute_requested";
  readonly track_id: TrackId;
}

/** What you may do was changed; tracks of sources that you lost are unpublished already. */
export interface CanPublishChanged {
  readonly type: "can_publish_changed";
  readonly can_publish: readonly string[];
  readonly grants: Grants;
}

/** Something of a plugin that is not journaled. `author` null: the plugin itself. */
export interface PluginSignalled {
  readonly type: "plugin_signalled";
  readonly plugin: string;
  readonly event: string;
  readonly author: ParticipantId | null;
  readonly body: unknown;
}

/** A plugin's state in short, as of `seq`; it replaces the summary before it. */
export interface PluginSummary {
  readonly type: "plugin_summary";
  readonly plugin: string;
  readonly seq: number;
  readonly body: unknown;
}

/**
 * You wait at the door: `welcome` or `request_failed` answers `hello` later.
 *
 * `position`: your place in the queue, counted from 1; null: far behind. Told again when what you
 * wait for or your position changes. `places`: of a room that is full, how many it has.
 */
export interface Waiting {
  readonly type: "waiting";
  readonly ref: number;
  readonly code: string;
  readonly message: string;
  readonly position: number | null;
  readonly places: number | null;
}

/** The last message on a connection: why it ends, and whether to come back. */
export interface Goodbye {
  readonly type: "goodbye";
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
}

export type ServerPush =
  | Welcome
  | Prepared
  | Resumed
  | Moved
  | RequestSucceeded
  | TrackPublished
  | IceRestarted
  | Pong
  | RequestFailed
  | Entries
  | SlotsChanged
  | SpeakersChanged
  | LinkChanged
  | LinksChanged
  | EncodingsWanted
  | MuteRequested
  | CanPublishChanged
  | PluginSignalled
  | PluginSummary
  | Waiting
  | Goodbye;

export type ClientRequestType = ClientRequest["type"];
export type ServerPushType = ServerPush["type"];

export const CLIENT_REQUEST_TYPES = [
  "hello",
  "prepare",
  "resume",
  "leave",
  "ping",
  "restart_ice",
  "publish_track",
  "unpublish_track",
  "mute_track",
  "set_view",
  "remove_participant",
  "readmit_participant",
  "end_session",
  "set_scheduler",
  "plugin_request",
  "plugin_signal",
] as const;

export const SERVER_PUSH_TYPES = [
  "welcome",
  "prepared",
  "resumed",
  "moved",
  "request_succeeded",
  "track_published",
  "ice_restarted",
  "pong",
  "request_failed",
  "entries",
  "slots_changed",
  "speakers_changed",
  "link_changed",
  "links_changed",
  "encodings_wanted",
  "mute_requested",
  "can_publish_changed",
  "plugin_signalled",
  "plugin_summary",
  "waiting",
  "goodbye",
] as const;
