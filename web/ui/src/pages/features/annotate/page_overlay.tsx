import type { JSX } from "preact";

import { EMPTY_SURFACE } from "../../../client/plugins/drawing_surface";
import type { SaveProps } from "../../drawing/save_menu";
import { SaveLines, SaveMenu } from "../../drawing/save_menu";
import type { PageProps } from "../feature";
import { DrawBar, DrawButton } from "./draw_tools";
import { annotationsOf, drawsOnPages, easelOf, mayDraw } from "./overlay_desk";
import { savedPage } from "./page_saving";
import { Sheet, useLive } from "./sheet";
import { texts } from "./texts";

/** What is drawn on a page of a document. */
export function PageOverlay({ call, surface, label }: PageProps): JSX.Element | null {
  const { drawing } = annotationsOf(call).state;
  const isLive = useLive(call, surface);
  const isDrawing = drawsOnPages.value && mayDraw(call, false);
  const hasItems = (drawing.surfaces.get(surface) ?? EMPTY_SURFACE).buckets.length > 0;
  if (!isDrawing && !hasItems && !isLive) return null;
  const easel = easelOf(call, surface, false);
  return (
    <div class={isDrawing ? "annotations drawing" : "annotations"} data-testid="annotations">
      <Sheet call={call} easel={easel} label={label} isDrawing={isDrawing} />
    </div>
  );
}

/** The tools to draw on it, beside it. */
export function PageTools(props: PageProps): JSX.Element | null {
  const { call, surface } = props;
  if (!drawsOnPages.value || !mayDraw(call, false)) return null;
  const extra = <SaveLines {...saved(props)} />;
  return <DrawBar call={call} easel={easelOf(call, surface, false)} extra={extra} />;
}

/** Pages are saved with what is drawn on them. */
function saved({ call, surface, document: { name, pages } }: PageProps): SaveProps {
  const all = pages.map((page, index) => savedPage(call, page, index + 1));
  const shown = all[pages.findIndex((page) => page.surface === surface)];
  return { call, title: name, shown, all };
}

export function PageAction(props: PageProps): JSX.Element {
  if (!mayDraw(props.call, false)) return <SaveMenu {...saved(props)} />;
  const isDrawing = drawsOnPages.value;
  return (
    <DrawButton
      isDrawing={isDrawing}
      onToggle={() => (drawsOnPages.value = !isDrawing)}
      labels={{ draw: texts("draw_page"), stop: texts("stop_page") }}
    />
  );
}
