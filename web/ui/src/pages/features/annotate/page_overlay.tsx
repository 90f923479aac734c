import type { JSX } from "preact";

import { EMPTY_SURFACE } from "../../../client/plugins/drawing_surface";
import type { PageProps } from "../feature";
import { DrawTools } from "./draw_tools";
import { annotationsOf, drawnOver, easelOf, mayDraw } from "./overlay_desk";
import { Sheet, useLive } from "./sheet";
import { texts } from "./texts";

/** What is drawn on a page of a document, and the tools to draw on it. */
export function PageOverlay({ call, surface, label }: PageProps): JSX.Element {
  const { drawing } = annotationsOf(call).state;
  const isLive = useLive(call, surface);
  const isDrawing = drawnOver.value === surface;
  const hasItems = (drawing.surfaces.get(surface) ?? EMPTY_SURFACE).buckets.length > 0;
  const easel = easelOf(call, surface, false);
  return (
    <>
      {(isDrawing || hasItems || isLive) && (
        <div class={isDrawing ? "annotations drawing" : "annotations"} data-testid="annotations">
          <Sheet call={call} easel={easel} surface={surface} label={label} />
        </div>
      )}
      {mayDraw(call, false) && (
        <div class={isDrawing ? "annotate-tools drawing" : "annotate-tools"}>
          <DrawTools
            call={call}
            easel={easel}
            surface={surface}
            labels={{ draw: texts("draw_page"), stop: texts("stop_page") }}
          />
        </div>
      )}
    </>
  );
}
