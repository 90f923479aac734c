import type { Source } from "./protocol";
import type { RoomNotice } from "./room_options";

type NoticeListener = (notice: RoomNotice) => void;

/** Who is told at once of what the room's state does not show. */
export class Notices {
  readonly #listeners = new Set<NoticeListener>();

  /** Returns how to stop it. */
  add(listener: NoticeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tellMuted(source: Source | null): void {
    if (source === null) return;
    this.tell(source === "microphone" ? "microphone_muted_by_host" : "camera_muted_by_host");
  }

  tell(notice: RoomNotice): void {
    for (const listener of this.#listeners) listener(notice);
  }
}
