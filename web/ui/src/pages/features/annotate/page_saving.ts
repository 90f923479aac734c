/** The pages of a document with what is drawn on them, as they are saved. */

import type { SavedPage } from "../../drawing/saving";
import { wholeSurface } from "../../drawing/saving";
import { pictureSpace } from "../../drawing/space";
import type { Call } from "../../state/call";
import type { DocumentPage } from "../feature";
import { easelOf } from "./overlay_desk";

export function savedPage(call: Call, { surface, url }: DocumentPage, number: number): SavedPage {
  const whole: SavedPage["whole"] = async () => {
    const ground = new Image();
    ground.src = url;
    await ground.decode();
    const { naturalWidth: width, naturalHeight: height } = ground;
    const drawn = await wholeSurface(call, easelOf(call, surface, false).port);
    return { surface: drawn, space: pictureSpace({ width, height }), ground };
  };
  return { number, whole };
}
