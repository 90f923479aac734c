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
  const [failed, setFailed] = useState<string | null>(null);
  const [attempt, setAttempt] = useState(0);
  usePrefetch(call, document, page);
  if (shown === undefined) return null;
  const props = pageProps(call, document, page);
  const { surface: key, label } = props;
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

/** A page as other features know it. */
export function pageProps(call: Call, document: CourseDocument, page: number): PageProps {
  const pages = document.pages.map(({ fileId, number }) => ({
    surface: `${fileId}/${number}`,
    url: call.room.files.pageUrl(fileId, number, "screen"),
  }));
  const { name } = document;
  const label = texts("page", { page, pages: pages.length, name });
  return { call, surface: pages[page - 1]?.surface ?? "", label, document: { name, pages } };
}

/** The next page is fetched before it is turned to, and the one before it, in case of a way back. */
function usePrefetch(call: Call, document: CourseDocument, page: number): void {
  useEffect(() => {
    const near = [document.pages[page], document.pages[page - 2]];
    const timer = setTimeout(() => {
      for (const one of near) if (one !== undefined) prefetch(call, one);
    }, 250);
    return () => clearTimeout(timer);
  }, [call, document.id, page]);
}

function prefetch(call: Call, page: CoursePage): void {
  new Image().src = call.room.files.pageUrl(page.fileId, page.number, "screen");
}
