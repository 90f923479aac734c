/** Brings a product picture onto the board. */

import { LOCAL_CODES, checkImage, toEmporionError } from "../../../client";
import { newItem } from "../../../client/plugins/drawing_item";
import type { Easel } from "../../drawing/easel";
import { newDraftKey } from "../../drawing/easel";
import { texts as words } from "../../drawing/texts";
import { explainError } from "../../i18n/errors";
import type { Call } from "../../state/call";
import { showToast } from "../../state/toasts";

/** A new picture is at most this share of the page. */
const SHARE = 0.5;

export async function bringPicture(call: Call, easel: Easel, file: File): Promise<void> {
  try {
    checkImage(file);
    const picture = await call.room.files.upload(file, "whiteboard", (ratio) => {
      showToast(words("picture_sending", { percent: Math.round(ratio * 100) }));
    });
    const { space } = easel;
    const scale = Math.min(
      (space.width * SHARE) / Math.max(1, picture.widthPx),
      (space.height * SHARE) / Math.max(1, picture.heightPx),
    );
    const width = Math.max(1, picture.widthPx) * scale;
    const height = Math.max(1, picture.heightPx) * scale;
    const left = (space.width - width) / 2;
    const top = (space.height - height) / 2;
    const corners = [left, top, left + width, top + height];
    const item = newItem("image", easel.stored(corners), { fileId: picture.fileId });
    await easel.add(item, newDraftKey(), Float32Array.from(corners));
    easel.kit.choose("select");
  } catch (error) {
    showToast(explainError(toEmporionError(error, LOCAL_CODES.connectionLost)), "warning");
  }
}
