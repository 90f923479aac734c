import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

import { t } from "../i18n/translate";
import { knowsAll } from "../panel/people_panel";
import type { Call } from "../state/call";
import type { Area } from "../state/layout";
import type { StageItem } from "../state/stage_items";
import { pageOf, stageItems } from "../state/stage_items";
import { StageView } from "../state/stage_view";
import { Pager } from "./pager";
import { screenBarPx } from "./screen_bar";
import type { Pin } from "./stage_plan";
import { chooseFocus, newestSeq, openThing, planOf, THING } from "./stage_plan";
import { StageThing } from "./stage_thing";
import { Tile } from "./tile";

/** Why there is nobody to be seen. Who is left alone later, or in a group, knows the others. */
function StageNote({ call, isEmpty }: { call: Call; isEmpty: boolean }): JSX.Element | null {
  const wasTogether = useRef(false);
  const { roster, participantId } = call.room;
  wasTogether.current ||= roster.participants.some(({ id }) => id !== participantId);
  if (isEmpty) return <p class="stage-note">{t("stage.empty")}</p>;
  if (wasTogether.current || !knowsAll(call)) return null;
  return <p class="stage-note">{t("stage.alone")}</p>;
}

export function Stage({
  call,
  isSpeakerLayout,
}: {
  call: Call;
  isSpeakerLayout: boolean;
}): JSX.Element {
  const [area, place] = useArea();
  const [pin, setPin] = useState<Pin | null>(null);
  const [wantedPage, setPage] = useState(0);
  const speaker = useLastSpeaker(call);
  const items = stageItems(call.room);
  const thing = openThing(call);
  const thingSeq = thing?.seq ?? null;
  const focus = chooseFocus(items, { pin, speaker, isSpeakerLayout, thingSeq });
  const rest = focus === null ? items : items.filter((item) => item !== focus);
  const { perPage, pages, arrange, stripLeft } = planOf(
    area,
    { focus, thing, barPx: screenBarPx(focus, area) },
    rest.length,
  );
  const page = Math.min(wantedPage, pages - 1);
  const shown = [...(focus === null ? [] : [focus]), ...pageOf(rest, page, perPage)];
  const { boxes, thingBox } = arrange(shown.length);
  useStageView(call, shown, boxes);
  const enlarge = (key: string): void => setPin({ key, newestSeq: newestSeq(items, thingSeq) });
  const layout = focus === null && thing === null ? "grid" : "focus";
  return (
    <section class="stage" aria-label={t("stage.label")}>
      <div ref={place} class="stage-area" data-layout={layout}>
        {thing !== null && thingBox !== undefined && (
          <StageThing
            key={thing.plugin}
            call={call}
            stage={thing.stage}
            box={thingBox}
            isLarge={focus === null}
            onEnlarge={() => enlarge(THING)}
          />
        )}
        {shown.map((item, index) => {
          const box = boxes[index];
          if (box === undefined) return null;
          const isPinned = item.key === pin?.key && item === focus;
          return (
            <Tile
              key={item.key}
              call={call}
              item={item}
              box={box}
              isPinned={isPinned}
              onPin={() => (isPinned ? setPin(null) : enlarge(item.key))}
            />
          );
        })}
      </div>
      {thing === null && <StageNote call={call} isEmpty={items.length === 0} />}
      {pages > 1 && <Pager page={page} pages={pages} left={stripLeft ?? 0} onPage={setPage} />}
    </section>
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
