import { signal } from "@preact/signals";

import type { Room } from "../../../client";
import { EmporionError, LOCAL_CODES, toEmporionError } from "../../../client";
import {
  COURSEWARE_TYPES,
  coursewareFold,
  MAX_COURSEWARE_BYTES,
} from "../../../client/plugins/courseware";

export interface Upload {
  readonly id: number;
  readonly name: string;
  /** Of all its files together, in [0, 1]. */
  readonly progress: number;
  readonly error: EmporionError | null;
}

let nextId = 1;

/** Documents on their way into the room: one PDF, or pictures that become one. */
export class CoursewareUploads {
  readonly list = signal<readonly Upload[]>([]);
  readonly #room: Room;
  readonly #aborting = new Map<number, AbortController>();

  constructor(room: Room) {
    this.#room = room;
  }

  async add(files: readonly File[]): Promise<void> {
    const [first] = files;
    if (first === undefined) return;
    const id = nextId++;
    const aborting = new AbortController();
    this.#aborting.set(id, aborting);
    this.list.value = [...this.list.value, { id, name: first.name, progress: 0, error: null }];
    try {
      checkFiles(files);
      const fileIds = await this.#bring(id, files, aborting.signal);
      const name = first.name.replace(/\.[^.]*$/, "") || first.name;
      await this.#room
        .plugin(coursewareFold)
        .request({ type: "add_document", name: name.slice(0, 200), files: fileIds });
      this.dismiss(id);
    } catch (thrown) {
      const error = toEmporionError(thrown, LOCAL_CODES.connectionLost);
      if (error.code === LOCAL_CODES.cancelled) this.dismiss(id);
      else this.#update(id, { error });
    }
  }

  /** Stops an upload that is under way, and forgets it. */
  dismiss(id: number): void {
    this.#aborting.get(id)?.abort();
    this.#aborting.delete(id);
    this.list.value = this.list.value.filter((upload) => upload.id !== id);
  }

  /** One after the other: on a weak line all at once would only be slower. */
  async #bring(id: number, files: readonly File[], aborted: AbortSignal): Promise<string[]> {
    const total = files.reduce((sum, file) => sum + file.size, 0);
    const fileIds: string[] = [];
    let sent = 0;
    for (const file of files) {
      const uploaded = await this.#room.files.upload(file, "courseware", {
        onProgress: (ratio) => this.#update(id, { progress: (sent + ratio * file.size) / total }),
        signal: aborted,
      });
      sent += file.size;
      fileIds.push(uploaded.fileId);
    }
    return fileIds;
  }

  #update(id: number, changes: Partial<Upload>): void {
    this.list.value = this.list.value.map((one) => (one.id === id ? { ...one, ...changes } : one));
  }
}

/** What the server would refuse anyway is said before the first byte goes out. */
function checkFiles(files: readonly File[]): void {
  const types = files.map((file) => file.type);
  if (!types.every((type) => COURSEWARE_TYPES.includes(type))) {
    throw new EmporionError("files.type_not_allowed", "No PDF and no picture.");
  }
  if (files.length > 1 && types.includes("application/pdf")) {
    throw new EmporionError("courseware.one_kind", "One PDF, or pictures.");
  }
  if (files.some((file) => file.size > MAX_COURSEWARE_BYTES)) {
    throw new EmporionError("files.too_large", "Too large.");
  }
}
