import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { EMPTY_SURFACE } from "../../../client/plugins/drawing_surface";
import type { Surface } from "../../../client/plugins/drawing_surface";
import type { BoardPage } from "../../../client/plugins/whiteboard";
import { paintPage } from "../../drawing/exporting";
import { Loading } from "../../drawing/loading";
import type { Pictures } from "../../drawing/painter";
import { pictureOf } from "../../drawing/pictures";
import { PAGE_SPACE } from "../../drawing/space";
import type { Call } from "../../state/call";
import { boardOf, boardPort } from "./board_desk";

const WIDTH_PX = 240;
/** A pen's line would be a quarter of a pixel. */
const BOLD = 3.5;
/** While one draws, the small picture follows now and then, */
const EVERY_MS = 700;
/** and a page that is long to paint more rarely: at most this share of the time goes into it. */
const PAINTING_RATIO = 0.03;

/** A page in small. One that is out of sight is neither fetched nor painted. */
export function PageThumb({ call, page }: { call: Call; page: BoardPage }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const isSeen = useSight(canvas);
  useEffect(() => {
    if (canvas.current === null || !isSeen) return undefined;
    return followPage(call, page, canvas.current);
  }, [call, page, isSeen]);
  const { width, height } = PAGE_SPACE;
  return <canvas ref={canvas} class="page-thumb" style={{ aspectRatio: `${width} / ${height}` }} />;
}

/** Fetches and paints a page, and again when it changes. Returns how to stop it. */
function followPage(call: Call, { page, paper }: BoardPage, canvas: HTMLCanvasElement): () => void {
  const port = boardPort(call, page);
  const loading = new Loading(port);
  let painted: Surface | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let restMs = EVERY_MS;
  const paint = (): void => {
    timer = undefined;
    const startMs = performance.now();
    const surface = boardOf(call).state.drawing.surfaces.get(page) ?? EMPTY_SURFACE;
    painted = surface;
    const exported = { surface, space: PAGE_SPACE, ground: paper };
    const pictures: Pictures = (fileId) => pictureOf(call.room, fileId, repaint);
    paintPage(canvas, exported, { widthPx: WIDTH_PX, pictures, bold: BOLD });
    restMs = Math.max(EVERY_MS, (performance.now() - startMs) / PAINTING_RATIO);
  };
  const repaint = (): void => {
    timer ??= setTimeout(paint, restMs);
  };
  const follow = (): void => {
    loading.follow();
    if (port.drawing().surfaces.get(page) !== painted) repaint();
  };
  loading.follow();
  paint();
  const stop = port.onChange(follow);
  return () => {
    stop();
    loading.close();
    clearTimeout(timer);
  };
}

function useSight(element: { readonly current: Element | null }): boolean {
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    if (element.current === null) return undefined;
    const observer = new IntersectionObserver((entries) =>
      setSeen(entries.at(-1)?.isIntersecting === true),
    );
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return isSeen;
}
