import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";

import { COURSEWARE_TYPES } from "../../../client/plugins/courseware";
import { Panel } from "../../panel/panel";
import { Icon } from "../../shared/icons";
import type { Call } from "../../state/call";
import type { PanelProps } from "../feature";
import { courseDeskOf, coursewareOf } from "./course_desk";
import { DocumentRow } from "./document_row";
import { texts } from "./texts";
import { UploadRow } from "./upload_row";

/** What the host has brought, what is on its way, and what is shown. */
export function CoursewarePanel({ call, onClose }: PanelProps): JSX.Element {
  const [isDragging, setDragging] = useState(false);
  const { documents } = coursewareOf(call).state;
  const uploads = courseDeskOf(call).uploads.list.value;
  return (
    <Panel title={texts("title")} testId="courseware-panel" onClose={onClose}>
      <div
        class="courseware-panel"
        onDragOver={(event) => {
          if (event.dataTransfer?.types.includes("Files") !== true) return;
          event.preventDefault();
          setDragging(true);
        }}
        onDragLeave={() => setDragging(false)}
        onDrop={(event) => {
          event.preventDefault();
          setDragging(false);
          void courseDeskOf(call).uploads.add([...(event.dataTransfer?.files ?? [])]);
        }}
      >
        {documents.length + uploads.length === 0 && (
          <p class="courseware-empty">{texts("empty")}</p>
        )}
        <ul class="courseware-list">
          {documents.map((document) => (
            <DocumentRow key={document.id} call={call} document={document} />
          ))}
          {uploads.map((upload) => (
            <UploadRow key={upload.id} call={call} upload={upload} />
          ))}
        </ul>
        <AddButton call={call} />
        {isDragging && <p class="courseware-drop">{texts("drop_here")}</p>}
      </div>
    </Panel>
  );
}

function AddButton({ call }: { call: Call }): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  return (
    <div class="courseware-add">
      <input
        ref={input}
        type="file"
        hidden
        multiple
        accept={COURSEWARE_TYPES.join(",")}
        data-testid="courseware-file"
        onChange={(event) => {
          const files = [...(event.currentTarget.files ?? [])];
          event.currentTarget.value = ""; // So that the same file can be chosen again.
          void courseDeskOf(call).uploads.add(files);
        }}
      />
      <button type="button" class="primary-button" onClick={() => input.current?.click()}>
        <Icon name="upload" size={20} />
        {texts("add")}
      </button>
      <p class="hint">{texts("add_hint")}</p>
    </div>
  );
}
