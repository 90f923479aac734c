import { signal } from "@preact/signals";

import type { Room, UploadedFile } from "../../../client";
import { checkImage, EmporionError, LOCAL_CODES, toEmporionError } from "../../../client";
import { shrunk } from "./shrink";

export interface PictureState {
  readonly name: string;
  /** What is shown until it is sent. */
  readonly previewUrl: string;
  /** In [0, 1]. */
  readonly progress: number;
  readonly uploaded: UploadedFile | null;
  readonly error: EmporionError | null;
}

/** The picture that goes with the next message; it goes out while one still writes. */
export class PictureDraft {
  readonly state = signal<PictureState | null>(null);
  readonly alt = signal("");
  readonly #room: Room;
  #aborting: AbortController | null = null;

  constructor(room: Room) {
    this.#room = room;
  }

  async choose(file: File): Promise<void> {
    this.clear();
    const aborting = new AbortController();
    this.#aborting = aborting;
    const picture = await shrunk(file);
    if (aborting.signal.aborted) return;
    const error = checkImage(picture);
    const previewUrl = error === null ? URL.createObjectURL(picture) : "";
    this.state.value = { name: file.name, previewUrl, progress: 0, uploaded: null, error };
    if (error !== null) return;
    try {
      const uploaded = await this.#room.files.upload(picture, "chat", {
        onProgress: (progress) => this.#update(aborting, { progress }),
        signal: aborting.signal,
      });
      this.#update(aborting, { uploaded, progress: 1 });
    } catch (thrown) {
      this.#update(aborting, { error: toEmporionError(thrown, LOCAL_CODES.connectionLost) });
    }
  }

  /** Throws the picture away; an upload under way is stopped. */
  clear(): void {
    this.#aborting?.abort();
    this.#aborting = null;
    const url = this.state.value?.previewUrl;
    if (url !== undefined && url !== "") URL.revokeObjectURL(url);
    this.state.value = null;
    this.alt.value = "";
  }

  #update(aborting: AbortController, changes: Partial<PictureState>): void {
    if (this.#aborting !== aborting || this.state.value === null) return;
    this.state.value = { ...this.state.value, ...changes };
  }
}
