import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

import type { CourseDocument } from "../../../client/plugins/courseware";
import type { Call } from "../../state/call";
import { coursewareOf, turnTo } from "./course_desk";
import { texts } from "./texts";

/** All pages in small; those out of sight are not fetched. */
export function Thumbnails({
  call,
  document,
  page,
}: {
  call: Call;
  document: CourseDocument;
  page: number;
}): JSX.Element {
  const list = useRef<HTMLOListElement>(null);
  const presented = coursewareOf(call).state.page;
  useEffect(() => {
    const current = list.current?.children[page - 1];
    current?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [page]);
  return (
    <ol ref={list} class="courseware-strip" aria-label={texts("all_pages")}>
      {document.pages.map((one, index) => {
        const number = index + 1;
        const isPresented = number === presented;
        const label = texts(isPresented ? "shown_page" : "go_to", { page: number });
        return (
          <li key={number}>
            <button
              type="button"
              class="courseware-thumb"
              aria-label={label}
              title={label}
              aria-current={number === page ? "page" : undefined}
              onClick={() => turnTo(call, document, number)}
            >
              {one.widthPx > 0 && (
                <img
                  src={call.room.files.pageUrl(one.fileId, one.number, "thumb")}
                  alt=""
                  width={one.widthPx}
                  height={one.heightPx}
                  loading="lazy"
                  draggable={false}
                />
              )}
              <span class={isPresented ? "presented" : ""}>{number}</span>
            </button>
          </li>
        );
      })}
    </ol>
  );
}
