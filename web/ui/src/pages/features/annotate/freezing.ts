/** Lets a picture stand still for everybody: the one that is seen here, as a file of the room. */

import { LOCAL_CODES, toEmporionError } from "../../../client";
import { explainError } from "../../i18n/errors";
import type { Call } from "../../state/call";
import { showToast } from "../../state/toasts";
import { annotationsOf } from "./overlay_desk";
import { texts } from "./texts";

export async function freeze(call: Call, trackId: string, tools: Element | null): Promise<void> {
  const video = tools?.closest("[data-testid='tile']")?.querySelector("video") ?? null;
  if (video === null || video.videoWidth === 0) return;
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d")?.drawImage(video, 0, 0);
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", 0.9));
  if (blob === null) return;
  try {
    showToast(texts("freezing"));
    const file = new File([blob], "picture.jpg", { type: "image/jpeg" });
    const { fileId } = await call.room.files.upload(file, "annotate");
    await annotationsOf(call).request({ type: "freeze", surface: trackId, file_id: fileId });
  } catch (error) {
    showToast(explainError(toEmporionError(error, LOCAL_CODES.connectionLost)), "warning");
  }
}

export async function thaw(call: Call, trackId: string): Promise<void> {
  const request = annotationsOf(call).request({ type: "freeze", surface: trackId, file_id: null });
  await call.attempt(request.then(() => undefined));
}
