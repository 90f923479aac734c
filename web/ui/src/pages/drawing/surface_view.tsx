import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

import type { PluginSignalled } from "../../client";
import { countOf } from "../../client/plugins/drawing_surface";
import type { Paper } from "../../client/plugins/whiteboard";
import type { Call } from "../state/call";
import { useChanges } from "../state/changes";
import type { Easel } from "./easel";
import { Gestures } from "./gestures";
import { Layers } from "./layers";
import { Loading } from "./loading";
import type { NameOf } from "./moving_layer";
import { paintMoving } from "./moving_layer";
import { pictureOf } from "./pictures";
import { handleKey } from "./shortcuts";
import type { Space } from "./space";
import { toUnits } from "./space";
import { texts } from "./texts";
import { WritingField } from "./writing_field";

export interface SurfaceViewProps {
  call: Call;
  easel: Easel;
  space: Space;
  /** Null: over a picture. */
  paper: Paper | null;
  label: string;
  /** One may draw on it now; else it is just looked at. */
  isActive: boolean;
  onSignal: (listener: (signal: PluginSignalled) => void) => () => void;
}

/** A surface that one looks at and draws on. */
export function SurfaceView(props: SurfaceViewProps): JSX.Element {
  const { call, easel, space, paper, label, isActive, onSignal } = props;
  const holder = useRef<HTMLDivElement>(null);
  const standing = useRef<HTMLCanvasElement>(null);
  const moving = useRef<HTMLCanvasElement>(null);
  const { room } = call;
  const surface = easel.surface;
  const mayDraw = easel.port.mayDraw();
  const tool = easel.kit.tool.value;
  void easel.writing.value;
  useChanges(easel.port.onChange);

  useLayoutEffect(() => {
    if (holder.current === null || standing.current === null || moving.current === null) {
      return undefined;
    }
    return mount(call, easel, holder.current, {
      standing: standing.current,
      moving: moving.current,
    });
  }, [call, easel]);

  useEffect(() => {
    easel.onRefresh = () =>
      easel.layers?.show({ surface: easel.surface, space, paper, hidden: easel.lifted });
    if (easel.space !== space) {
      easel.space = space;
      easel.fit();
    }
    easel.refresh();
    // At once, not when this component is drawn again: a stroke that is finished would be nowhere
    // for a frame.
    return easel.port.onChange(() => easel.refresh());
  }, [easel, space, paper]);

  useEffect(
    () =>
      onSignal((signal) => {
        if (signal.author === room.participantId) return;
        const { hidden } = easel.drafts.moves;
        if (!easel.drafts.handle(signal, easel.surface, performance.now())) return;
        if (easel.drafts.moves.hidden === hidden) easel.repaint();
        else easel.onRefresh();
      }),
    [easel, room],
  );

  useEffect(() => {
    const loading = new Loading(easel.port);
    loading.follow();
    const stops = [room, easel.port].map((told) => told.onChange(() => loading.follow()));
    return () => {
      for (const stop of stops) stop();
      loading.close();
    };
  }, [easel, room]);

  return (
    <div
      ref={holder}
      class="surface"
      data-tool={mayDraw || tool === "hand" ? tool : "look"}
      data-testid="surface"
      data-items={countOf(surface)}
      data-loading={surface.loadedUntil !== Infinity}
      role={isActive ? "application" : "img"}
      aria-label={label}
      aria-describedby={isActive ? "surface-help" : undefined}
      tabIndex={isActive ? 0 : -1}
      onKeyDown={(event) => handleKey(easel, event)}
      onDblClick={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        const pixel = { x: event.clientX - box.left, y: event.clientY - box.top };
        if (tool === "select") easel.rewriteAt(toUnits(easel.view.value, pixel));
      }}
    >
      {isActive && (
        <p id="surface-help" class="visually-hidden">
          {texts("help")}
        </p>
      )}
      <canvas ref={standing} class="surface-standing" aria-hidden="true" />
      <canvas ref={moving} class="surface-moving" aria-hidden="true" />
      {surface.loadedUntil !== Infinity && (
        <p class="surface-loading" role="status">
          {texts("loading")}
        </p>
      )}
      <WritingField easel={easel} />
    </div>
  );
}

const CURSOR_COLOURS = ["#2450c0", "#0b7550", "#7433a6", "#a05a00", "#b93a2b", "#2a6578"];

function mount(
  call: Call,
  easel: Easel,
  holder: HTMLDivElement,
  canvases: { standing: HTMLCanvasElement; moving: HTMLCanvasElement },
): () => void {
  const { room } = call;
  const pictures = (fileId: string): CanvasImageSource | null =>
    pictureOf(room, fileId, () => easel.layers?.paintAll());
  const nameOf: NameOf = (id) => {
    const sum = [...id].reduce((total, letter) => total + letter.charCodeAt(0), 0);
    return {
      name: room.roster.participant(id)?.name ?? "",
      colour: CURSOR_COLOURS[sum % CURSOR_COLOURS.length] ?? "#2450c0",
    };
  };
  const layers = new Layers(canvases, pictures, (context) =>
    paintMoving(easel, context, pictures, nameOf),
  );
  easel.layers = layers;
  const measure = (): void => {
    const hadZoom = easel.screen.width > 0 && easel.isZoomed;
    easel.screen = { width: holder.clientWidth, height: holder.clientHeight };
    if (!hadZoom) easel.fit();
    else easel.pan(0, 0);
    layers.resize(easel.screen, easel.view.value);
  };
  measure();
  const observer = new ResizeObserver(measure);
  observer.observe(holder);
  const gestures = new Gestures(easel, canvases.moving);
  // Cursors of those who stand still, and strokes whose end was lost, go away by themselves.
  const tidy = setInterval(() => {
    if (easel.drafts.moves.hidden.size > 0) easel.refresh();
    if (!easel.drafts.isEmpty) easel.repaint();
  }, 1_000);
  return () => {
    clearInterval(tidy);
    observer.disconnect();
    gestures.close();
    layers.close();
    easel.layers = null;
  };
}
