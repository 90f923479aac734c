import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import type { CourseDocument, CoursePage } from "../../../client/plugins/courseware";
import type { Call } from "../../state/call";
import type { PageProps } from "../feature";
import { texts } from "./texts";

/** One page as large as it fits. Until it is there its small picture stands in for it. */
export function PageView({
  call,
  document,
  page,
}: {
  call: Call;
  document: CourseDocument;
  page: number;
}): JSX.Element | null {
  const shown = document.pages[page - 1];
  const isReady = shown !== undefined && shown.widthPx > 0;
  const [failed, setFailed] = useState<string | null>(null);
  const [attempt, setAttempt] = useState(0);
  usePrefetch(call, document, page);
  if (shown === undefined) return null;
  const props = pageProps(call, document, page);
  const { surface: key, label } = props;
  if (!isReady) return <Unready />;
  return (
    <div class="courseware-page">
      {call.shell.features.value.map(
        ({ plugin, PageTools }) =>
          PageTools && <PageTools key={plugin} {...props} />,
      )}
      <div
        class="courseware-box"
        style={{ "--ratio": String(shown.widthPx / Math.max(1, shown.heightPx)) }}
      >
        <img
          key={`${key}/${attempt}`}
          data-testid="courseware-page"
          data-page={page}
          src={call.room.files.pageUrl(shown.fileId, shown.number, "screen")}
          alt={label}
          width={shown.widthPx}
          height={shown.heightPx}
          draggable={false}
          style={{
            backgroundImage: `url("${call.room.files.pageUrl(shown.fileId, shown.number, "thumb")}")`,
          }}
          onError={() => setFailed(key)}
        />
        {call.shell.features.value.map(
          ({ plugin, PageOverlay }) =>
            PageOverlay && (
              <PageOverlay key={`${plugin}/${key}`} {...props} />
            ),
        )}
      </div>
      {failed === key && (
        <div class="courseware-failed" role="alert">
          <p>{texts("page_failed")}</p>
          <button
            type="button"
            class="secondary-button"
            onClick={() => {
              setFailed(null);
              setAttempt(attempt + 1);
            }}
          >
            {texts("again")}
          </button>
        </div>
      )}
    </div>
  );
}

/** The presenter was quicker than the server, which draws this page next. */
function Unready(): JSX.Element {
  return (
    <div class="courseware-page courseware-unready" role="status" data-testid="courseware-unready">
      <p>{texts("page_coming")}</p>
    </div>
  );
}

/** A page as other features know it, and those of its document that are there. */
export function pageProps(call: Call, document: CourseDocument, page: number): PageProps {
  const { name, pages: all } = document;
  const pages = all
    .filter((one) => one.widthPx > 0)
    .map((one) => ({
      surface: surfaceOf(one),
      url: call.room.files.pageUrl(one.fileId, one.number, "screen"),
    }));
  const label = texts("page", { page, pages: all.length, name });
  const shown = all[page - 1];
  const surface = shown === undefined ? "" : surfaceOf(shown);
  return { call, surface, label, document: { name, pages } };
}

function surfaceOf({ fileId, number }: CoursePage): string {
  return `${fileId}/${number}`;
}

/** The next page is fetched before it is turned to, and the one before it, in case of a way back. */
function usePrefetch(call: Call, document: CourseDocument, page: number): void {
  useEffect(() => {
    const near = [document.pages[page], document.pages[page - 2]];
    const timer = setTimeout(() => {
      for (const one of near) if (one !== undefined && one.widthPx > 0) prefetch(call, one);
    }, 250);
    return () => clearTimeout(timer);
  }, [call, document.id, page]);
}

function prefetch(call: Call, page: CoursePage): void {
  new Image().src = call.room.files.pageUrl(page.fileId, page.number, "screen");
}
