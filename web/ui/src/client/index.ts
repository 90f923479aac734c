/** The client library: everything the pages use, and nothing of the pages. */

export { AUDIO_SLOTS } from "./transceivers";
export type { FilePurpose, UploadedFile, UploadOptions } from "./files";
export { checkImage, Files, IMAGE_TYPES, MAX_IMAGE_BYTES } from "./files";
export type { DoorWait } from "./door";
export { EmporionError, LOCAL_CODES, toEmporionError } from "./errors";
export type { Grants } from "./grants";
export type { OutboundTrack, ScreenContent } from "./outbound_track";
export type { Participant, Role } from "./participant";
export type { MediaLink } from "./media_link";
export type { MediaState } from "./path_repair";
export type { Peer } from "./peer";
export type { PluginBody, PluginFold, PluginState } from "./plugin_state";
export type {
  EntryInfo,
  LinkChanged,
  ParticipantId,
  PluginInfo,
  PluginSignalled,
  Source,
  Tile,
  TrackId,
} from "./protocol";
export type { LinkQuality, Quality } from "./quality";
export type { RoomNotice, RoomOptions } from "./room_options";
export { Room } from "./room";
export type { Reply, SessionPhase } from "./session_output";
export type { Slot } from "./slot";
export type { TokenClaims } from "./token";
export { readToken } from "./token";
export type { Track } from "./track";
