import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { EmporionError } from "../../../client";
import type { CourseDocument } from "../../../client/plugins/courseware";
import { explainError } from "../../i18n/errors";
import { t } from "../../i18n/translate";
import { Dialog } from "../../shared/dialog";
import { Icon } from "../../shared/icons";
import type { Call } from "../../state/call";
import { coursewareOf, shownDocument } from "./course_desk";
import { texts } from "./texts";

interface RowProps {
  call: Call;
  document: CourseDocument;
}

export function DocumentRow({ call, document }: RowProps): JSX.Element {
  const courseware = coursewareOf(call);
  const [isRemoving, setRemoving] = useState(false);
  const { name, status } = document;
  const isShown = shownDocument(call) === document;
  const first = status === "failed" ? undefined : document.pages.find((one) => one.widthPx > 0);
  const page = courseware.state.documentId === document.id ? courseware.state.page : 1;
  const present = { type: "present", document: document.id, page };
  const removal = { type: "remove_document", document: document.id };
  return (
    <li class={isShown ? "courseware-row shown" : "courseware-row"} data-testid="courseware-document">
      <button
        type="button"
        class="courseware-open"
        disabled={first === undefined}
        aria-label={texts("present", { name })}
        aria-pressed={isShown}
        onClick={() => {
          call.shell.showStage();
          void call.attempt(courseware.request(present));
        }}
      >
        {first !== undefined ? (
          <img src={call.room.files.pageUrl(first.fileId, first.number, "thumb")} alt="" />
        ) : (
          <Icon name={status === "failed" ? "warning" : "slides"} size={26} />
        )}
        <span class="courseware-text">
          <b>{name}</b>
          <Status document={document} isShown={isShown} />
        </span>
      </button>
      <button
        type="button"
        class="icon-button"
        aria-label={texts("remove", { name })}
        title={texts("remove", { name })}
        onClick={() => setRemoving(true)}
      >
        <Icon name="trash" size={18} />
      </button>
      {isRemoving && (
        <Dialog title={texts("remove_title", { name })} onClose={() => setRemoving(false)}>
          <p>{texts("remove_body")}</p>
          <form method="dialog" class="dialog-actions">
            <button class="secondary-button">{t("app.cancel")}</button>
            <button
              class="danger-button"
              data-testid="courseware-remove-confirm"
              onClick={() => void call.attempt(courseware.request(removal))}
            >
              {texts("remove_confirm")}
            </button>
          </form>
        </Dialog>
      )}
    </li>
  );
}

function Status({ document, isShown }: { document: CourseDocument; isShown: boolean }): JSX.Element {
  const { status, done, expected } = document;
  if (status === "failed") {
    const error = new EmporionError(document.error ?? "pages.failed", "");
    return <span class="courseware-error">{explainError(error)}</span>;
  }
  if (status === "preparing") {
    const isCounted = expected > 0;
    return (
      <>
        <span class="hint" role="status">
          {isCounted ? texts("preparing_pages", { done, pages: expected }) : texts("preparing")}
        </span>
        <progress max={isCounted ? expected : 1} value={isCounted ? done : undefined} />
      </>
    );
  }
  const count = document.pages.length;
  const pages = count === 1 ? texts("one_page") : texts("pages", { count });
  return <span class="hint">{isShown ? `${pages} · ${texts("shown")}` : pages}</span>;
}
