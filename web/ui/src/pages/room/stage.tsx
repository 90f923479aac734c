import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

import { t } from "../i18n/translate";
import { Icon } from "../shared/icons";
import type { Call } from "../state/call";
import type { Area } from "../state/layout";
import { arrangeFocus, arrangeGrid, stripCapacity } from "../state/layout";
import type { StageItem } from "../state/stage_items";
import { focusOf, pageOf, stageItems } from "../state/stage_items";
import { StageView } from "../state/stage_view";
import { Tile } from "./tile";

const MOST_TILES = 12;
/** Below this many square pixels a face is no longer a face. */
const SMALLEST_TILE = 14_000;

export function Stage({
  call,
  isSpeakerLayout,
}: {
  call: Call;
  isSpeakerLayout: boolean;
}): JSX.Element {
  const [area, place] = useArea();
  const [pinned, setPinned] = useState<string | null>(null);
  const [wantedPage, setPage] = useState(0);
  const speaker = useLastSpeaker(call);
  const items = stageItems(call.room);
  const focus = focusOf(items, { pinned, speaker: isSpeakerLayout ? speaker : null });
  const rest = focus === null ? items : items.filter((item) => item !== focus);
  const perPage =
    focus === null ? gridCapacity(area) : Math.min(MOST_TILES - 1, stripCapacity(area));
  const pages = Math.max(1, Math.ceil(rest.length / perPage));
  const page = Math.min(wantedPage, pages - 1);
  const shown = [...(focus === null ? [] : [focus]), ...pageOf(rest, page, perPage)];
  const boxes = focus === null ? arrangeGrid(area, shown.length) : arrangeFocus(area, shown.length);
  useStageView(call, shown, boxes);
  const isAlone = items.every((item) => item.isSelf);
  return (
    <section class={pages > 1 ? "stage paged" : "stage"} aria-label={t("stage.label")}>
      <div ref={place} class="stage-area" data-layout={focus === null ? "grid" : "focus"}>
        {shown.map((item, index) => {
          const box = boxes[index];
          if (box === undefined) return null;
          const isPinned = item.key === pinned;
          return (
            <Tile
              key={item.key}
              call={call}
              item={item}
              box={box}
              isPinned={isPinned}
              onPin={() => setPinned(isPinned ? null : item.key)}
            />
          );
        })}
      </div>
      {isAlone && <p class="stage-note">{t("stage.alone")}</p>}
      {pages > 1 && <Pager page={page} pages={pages} onPage={setPage} />}
    </section>
  );
}

function Pager({
  page,
  pages,
  onPage,
}: {
  page: number;
  pages: number;
  onPage: (page: number) => void;
}): JSX.Element {
  return (
    <nav class="pager" aria-label={t("stage.page", { page: page + 1, pages })}>
      <button
        type="button"
        class="icon-button"
        aria-label={t("stage.previous")}
        disabled={page === 0}
        onClick={() => onPage(page - 1)}
      >
        <Icon name="chevronLeft" size={18} />
      </button>
      <span>{`${page + 1} / ${pages}`}</span>
      <button
        type="button"
        class="icon-button"
        aria-label={t("stage.next")}
        disabled={page === pages - 1}
        onClick={() => onPage(page + 1)}
      >
        <Icon name="chevronRight" size={18} />
      </button>
    </nav>
  );
}

function useArea(): [Area, (element: HTMLDivElement | null) => void] {
  const [area, setArea] = useState<Area>({ width: 0, height: 0 });
  const [element, setElement] = useState<HTMLDivElement | null>(null);
  useLayoutEffect(() => {
    if (element === null) return undefined;
    const measure = (): void =>
      setArea({ width: element.clientWidth, height: element.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [element]);
  return [area, setElement];
}

/** The one who spoke last stays large in a pause; oneself is never shown large to oneself. */
function useLastSpeaker(call: Call): string {
  const last = useRef("");
  const speaking = call.room.speakers.find((id) => id !== call.room.participantId);
  if (speaking !== undefined) last.current = speaking;
  return last.current;
}

function useStageView(
  call: Call,
  shown: readonly StageItem[],
  boxes: Parameters<StageView["update"]>[1],
): void {
  const [view] = useState(() => new StageView(call.room));
  const [isHidden, setHidden] = useState(document.hidden);
  useEffect(() => {
    const follow = (): void => setHidden(document.hidden);
    document.addEventListener("visibilitychange", follow);
    return () => {
      document.removeEventListener("visibilitychange", follow);
      view.close();
    };
  }, [view]);
  // Before the paint: the server learns of the first view in the same moment as the join.
  useLayoutEffect(() => {
    if (boxes.length > 0) view.update(shown, boxes, isHidden);
  });
}

function gridCapacity(area: Area): number {
  return Math.min(MOST_TILES, Math.max(4, Math.floor((area.width * area.height) / SMALLEST_TILE)));
}
