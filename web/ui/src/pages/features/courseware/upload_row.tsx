import type { JSX } from "preact";

import { explainError } from "../../i18n/errors";
import { Icon } from "../../shared/icons";
import type { Call } from "../../state/call";
import { courseDeskOf } from "./course_desk";
import { texts } from "./texts";
import type { Upload } from "./uploads";

export function UploadRow({ call, upload }: { call: Call; upload: Upload }): JSX.Element {
  const percent = Math.round(upload.progress * 100);
  const label =
    upload.error === null ? texts("cancel_upload", { name: upload.name }) : texts("dismiss");
  return (
    <li class="courseware-row" data-testid="courseware-upload">
      <div class="courseware-text">
        <b>{upload.name}</b>
        {upload.error === null ? (
          <>
            <span class="hint" role="status">
              {texts("uploading", { percent })}
            </span>
            <progress max={100} value={percent} aria-label={upload.name} />
          </>
        ) : (
          <span class="courseware-error" role="alert">
            {explainError(upload.error)}
          </span>
        )}
      </div>
      <button
        type="button"
        class="icon-button"
        aria-label={label}
        title={label}
        onClick={() => courseDeskOf(call).uploads.dismiss(upload.id)}
      >
        <Icon name="close" size={18} />
      </button>
    </li>
  );
}
