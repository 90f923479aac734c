import { fieldsOf, numberOf, textOf } from "./entry_bodies";
import { EmporionError, LOCAL_CODES } from "./errors";

/** The plugin that a file is brought for. */
export type FilePurpose = "chat" | "whiteboard" | "annotate" | "courseware";

/** A file that the room has; pixels are 0 where it is no picture. */
export interface UploadedFile {
  readonly fileId: string;
  readonly name: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly widthPx: number;
  readonly heightPx: number;
}

export interface UploadOptions {
  /** Told how much has gone out, in [0, 1]. */
  readonly onProgress?: (ratio: number) => void;
  /** Cancels the upload; nothing of it stays on the server. */
  readonly signal?: AbortSignal;
}

export const IMAGE_TYPES: readonly string[] = ["image/png", "image/jpeg", "image/webp", "image/gif"];
export const MAX_IMAGE_BYTES = 5_000_000;
const MAX_NAME_CHARACTERS = 200;

interface FilesPass {
  readonly roomId: string;
  readonly ticket: string;
}

/** Brings files into the room and says where they are; the ticket comes with the welcome. */
export class Files {
  readonly #origin: string;
  #pass: FilesPass | null = null;

  /** `socketUrl`: the address of the WebSocket, below which the files are as well. */
  constructor(socketUrl: string) {
    const url = new URL(".", socketUrl.replace(/^ws/, "http"));
    this.#origin = url.href;
  }

  handleWelcome(roomId: string, ticket: string): void {
    this.#pass = { roomId, ticket };
  }

  /** Where a file is; the address is good as long as one's stay. */
  url(fileId: string): string {
    const ticket = encodeURIComponent(this.#pass?.ticket ?? "");
    return `${this.#origin}api/v1/files/${encodeURIComponent(fileId)}?ticket=${ticket}`;
  }

  /** Where one page of a file is, as the server has drawn it. */
  pageUrl(fileId: string, page: number, size: "screen" | "thumb"): string {
    const [path = "", query = ""] = this.url(fileId).split("?");
    return `${path}/pages/${page}/${size}?${query}`;
  }

  /** Fails with an `EmporionError`: `files.…`, a plugin's code, or `connection.lost`. */
  upload(
    file: File,
    purpose: FilePurpose,
    options: UploadOptions | ((ratio: number) => void) = {},
  ): Promise<UploadedFile> {
    const { onProgress, signal } = typeof options === "function" ? { onProgress: options } : options;
    const pass = this.#pass;
    if (pass === null) return Promise.reject(lost());
    const query = new URLSearchParams({ purpose, name: cleanName(file.name) });
    const path = `api/v1/rooms/${encodeURIComponent(pass.roomId)}/files?${query.toString()}`;
    return new Promise((resolve, reject) => {
      // Fetch tells nothing of an upload's progress.
      const request = new XMLHttpRequest();
      request.open("POST", this.#origin + path);
      request.setRequestHeader("Authorization", `Bearer ${pass.ticket}`);
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.upload.onprogress = (event) => {
        if (event.lengthComputable) onProgress?.(event.loaded / event.total);
      };
      request.onload = () => {
        if (request.status === 201) resolve(uploadedOf(request.responseText));
        else reject(failureOf(request.responseText));
      };
      request.onerror = () => reject(lost());
      request.onabort = () => reject(new EmporionError(LOCAL_CODES.cancelled, "Cancelled."));
      signal?.addEventListener("abort", () => request.abort(), { once: true });
      if (signal?.aborted === true) reject(new EmporionError(LOCAL_CODES.cancelled, "Cancelled."));
      else request.send(file);
    });
  }
}

/** What the server would refuse anyway, found before the first byte is sent; null: nothing. */
export function checkImage(file: File): EmporionError | null {
  if (!IMAGE_TYPES.includes(file.type)) {
    return new EmporionError("files.type_not_allowed", "No picture.");
  }
  if (file.size > MAX_IMAGE_BYTES) return new EmporionError("files.too_large", "Too large.");
  return null;
}

/** A name that the server takes: some systems allow what others do not. */
export function cleanName(name: string): string {
  const clean = name.replace(/[\u0000-\u001f\u007f/\\]/g, "_").trim();
  return [...clean].slice(-MAX_NAME_CHARACTERS).join("") || "file";
}

function uploadedOf(text: string): UploadedFile {
  const fields = fieldsOf(parsed(text));
  return {
    fileId: textOf(fields["file_id"]) ?? "",
    name: textOf(fields["name"]) ?? "",
    mediaType: textOf(fields["media_type"]) ?? "",
    sizeBytes: numberOf(fields["size_bytes"]),
    widthPx: numberOf(fields["width_px"]),
    heightPx: numberOf(fields["height_px"]),
  };
}

function failureOf(text: string): EmporionError {
  const fields = fieldsOf(parsed(text));
  const code = textOf(fields["code"]) ?? "files.failed";
  return new EmporionError(code, textOf(fields["message"]) ?? "");
}

function lost(): EmporionError {
  return new EmporionError(LOCAL_CODES.connectionLost, "The connection was lost.", true);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
