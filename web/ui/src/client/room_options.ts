import type { Sending } from "./transceivers";

export interface RoomOptions {
  readonly url: string;
  readonly token: string;
  /** How many pictures of others are received at once; the room's template gives it. */
  readonly videoSlots: number;
  /** Simulcast of VP8 unless said otherwise. */
  readonly sending?: Sending;
  /** Secret and random; a page that comes back with the same one takes its own place again. */
  readonly deviceId: string | null;
}

/** Something to tell the person at once, beyond what the room's state shows. */
export type RoomNotice = "microphone_muted_by_host" | "camera_muted_by_host" | "reconnected";
