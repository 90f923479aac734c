/** Paints items where a move or a resize that is still going on has them. */

import type { Frame, Placed } from "../../client/plugins/drawing_item";
import { composed } from "../../client/plugins/drawing_item";
import type { Context, Pictures } from "./painter";
import { paintShape } from "./painter";
import { shapeOf } from "./shape";
import type { Space } from "./space";

/** `frame`: in stored coordinates, done after the frame that each item has already. */
export function paintFramed(
  context: Context,
  items: readonly Placed[],
  frame: Frame,
  { space, pictures }: { space: Space; pictures: Pictures },
): void {
  const [sx, sy, tx, ty] = frame;
  for (const { item } of items) {
    if (item.kind === "note") {
      // Its words are laid out anew: they fit while it is pulled, too.
      const framed = { ...item, frame: composed(frame, item.frame) };
      paintShape(context, shapeOf(framed, space), pictures);
      continue;
    }
    context.save();
    context.transform(sx, 0, 0, sy, tx, ty * space.yScale);
    paintShape(context, shapeOf(item, space), pictures);
    context.restore();
  }
}
