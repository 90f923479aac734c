import type { JSX } from "preact";
import { useEffect } from "preact/hooks";

import type { CourseDocument } from "../../../client/plugins/courseware";
import { readyPages } from "../../../client/plugins/courseware";
import { Icon } from "../../shared/icons";
import type { Call } from "../../state/call";
import type { CallProps } from "../feature";
import { courseDeskOf, coursewareOf, leads, shownDocument, shownPage, turnTo } from "./course_desk";
import { pageProps, PageView } from "./page_view";
import { texts } from "./texts";
import { Thumbnails } from "./thumbnails";

/** The page in the large place of the stage, and the ways to others. */
export function CoursewareStage({ call }: CallProps): JSX.Element {
  const document = shownDocument(call);
  if (document === undefined) return <></>;
  return <OpenDocument key={document.id} call={call} document={document} />;
}

function OpenDocument({ call, document }: { call: Call; document: CourseDocument }): JSX.Element {
  const desk = courseDeskOf(call);
  const page = shownPage(call, document);
  useEffect(
    () => () => {
      desk.ownPage.value = null;
    },
    [],
  );
  useKeys(call, document, page);
  return (
    <section class="courseware" aria-label={texts("title")} data-testid="courseware-stage">
      <PageView call={call} document={document} page={page} />
      {desk.isStripOpen.value && <Thumbnails call={call} document={document} page={page} />}
      <Turner call={call} document={document} page={page} />
    </section>
  );
}

interface TurnerProps {
  call: Call;
  document: CourseDocument;
  page: number;
}

function Turner({ call, document, page }: TurnerProps): JSX.Element {
  const desk = courseDeskOf(call);
  const ready = readyPages(document);
  const pages = document.pages.length;
  const isStripOpen = desk.isStripOpen.value === true;
  return (
    <div class="courseware-bar">
      <span class="courseware-name">{document.name}</span>
      <div class="courseware-turner">
        <button
          type="button"
          class="icon-button"
          data-testid="courseware-previous"
          aria-label={texts("previous")}
          title={texts("previous")}
          disabled={page <= 1}
          onClick={() => turnTo(call, document, page - 1)}
        >
          <Icon name="chevronLeft" />
        </button>
        <button
          type="button"
          class="quiet-button"
          data-testid="courseware-position"
          aria-label={texts("all_pages")}
          title={texts("all_pages")}
          aria-expanded={isStripOpen}
          onClick={() => {
            desk.isStripOpen.value = !isStripOpen;
          }}
        >
          {texts(ready < pages ? "position_ready" : "position", { page, pages, ready })}
        </button>
        <button
          type="button"
          class="icon-button"
          data-testid="courseware-next"
          aria-label={texts("next")}
          title={texts("next")}
          disabled={page >= pages}
          onClick={() => turnTo(call, document, page + 1)}
        >
          <Icon name="chevronRight" />
        </button>
      </div>
      <div class="courseware-actions">
        <Following call={call} />
        {call.shell.features.value.map(
          ({ plugin, PageAction }) =>
            PageAction && <PageAction key={plugin} {...pageProps(call, document, page)} />,
        )}
      </div>
    </div>
  );
}

/** Who leafs alone sees it, and the way back. */
function Following({ call }: { call: Call }): JSX.Element {
  const desk = courseDeskOf(call);
  const { state } = coursewareOf(call);
  if (leads(call)) {
    return (
      <button
        type="button"
        class="secondary-button small"
        data-testid="courseware-stop"
        onClick={() => void call.attempt(coursewareOf(call).request({ type: "stop_presenting" }))}
      >
        {texts("stop")}
      </button>
    );
  }
  const isLeafing = (desk.ownPage.value ?? null) !== null;
  return (
    <div class="courseware-following" role="status">
      {isLeafing && (
        <button
          type="button"
          class="secondary-button small"
          data-testid="courseware-return"
          onClick={() => {
            desk.ownPage.value = null;
          }}
        >
          {texts("return", { page: state.page })}
        </button>
      )}
    </div>
  );
}

/** Arrows and page keys leaf, unless they are meant for something that is written or chosen in. */
function useKeys(call: Call, document: CourseDocument, page: number): void {
  useEffect(() => {
    const handle = (event: KeyboardEvent): void => {
      const target = event.target instanceof Element ? event.target : null;
      const isElsewhere =
        target?.closest("input, textarea, select, dialog, [role=log], [role=slider], [contenteditable]") !=
        null;
      if (isElsewhere || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) {
        return;
      }
      const step = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      turnTo(call, document, page + step);
    };
    window.document.addEventListener("keydown", handle);
    return () => window.document.removeEventListener("keydown", handle);
  }, [call, document, page]);
}
