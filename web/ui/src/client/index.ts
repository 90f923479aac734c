/** The client library: everything the pages use, and nothing of the pages. */

export { AUDIO_SLOTS } from "./transceivers";
export type { ChatMessage, UnsentMessage } from "./chat";
export { MAX_CHAT_CHARACTERS } from "./chat";
export { EmporionError, LOCAL_CODES, toEmporionError } from "./errors";
export type { OutboundTrack } from "./outbound_track";
export type { Participant, Role } from "./participant";
export type { MediaState } from "./path_repair";
export type { ParticipantId, Source, Tile, TrackId } from "./protocol";
export type { LinkQuality, Quality } from "./quality";
export type { RoomNotice, RoomOptions } from "./room";
export { Room } from "./room";
export type { SessionPhase } from "./session_output";
export type { Slot } from "./slot";
export type { TokenClaims } from "./token";
export { readToken } from "./token";
export type { Track } from "./track";
