import type { JSX } from "preact";

import { EMPTY_SURFACE } from "../../../client/plugins/drawing_surface";
import type { PageProps } from "../feature";
import { DrawTools } from "./draw_tools";
import { annotationsOf, drawsOnPages, easelOf, mayDraw } from "./overlay_desk";
import { Sheet, useLive } from "./sheet";
import { texts } from "./texts";

/** What is drawn on a page of a document, and the tools to draw on it. */
export function PageOverlay({ call, surface, label }: PageProps): JSX.Element {
  const { drawing } = annotationsOf(call).state;
  const isLive = useLive(call, surface);
  const isDrawing = drawsOnPages.value && mayDraw(call, false);
  const hasItems = (drawing.surfaces.get(surface) ?? EMPTY_SURFACE).buckets.length > 0;
  const easel = easelOf(call, surface, false);
  return (
    <>
      {(isDrawing || hasItems || isLive) && (
        <div class={isDrawing ? "annotations drawing" : "annotations"} data-testid="annotations">
          <Sheet call={call} easel={easel} label={label} isDrawing={isDrawing} />
        </div>
      )}
      {mayDraw(call, false) && (
        <div class={isDrawing ? "annotate-tools drawing" : "annotate-tools"}>
          <DrawTools
            call={call}
            easel={easel}
            isDrawing={isDrawing}
            onToggle={() => (drawsOnPages.value = !isDrawing)}
            labels={{ draw: texts("draw_page"), stop: texts("stop_page") }}
          />
        </div>
      )}
    </>
  );
}
