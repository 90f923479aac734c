import type { JSX } from "preact";
import { useRef } from "preact/hooks";

import { IMAGE_TYPES } from "../../../client";
import { explainError } from "../../i18n/errors";
import { Icon } from "../../shared/icons";
import type { PictureDraft, PictureState } from "./picture_draft";
import { texts } from "./texts";

/** The picture that goes with the next message: how far it is, and what it shows. */
export function PictureBar({ draft }: { draft: PictureDraft }): JSX.Element | null {
  const state = draft.state.value;
  if (state === null) return null;
  return (
    <div class="chat-draft-picture" data-testid="chat-draft-picture">
      {state.previewUrl !== "" && <img src={state.previewUrl} alt="" />}
      <div class="chat-draft-text">
        {state.error === null ? (
          <>
            <Progress state={state} />
            <input
              aria-label={`${texts("picture_alt")} ${texts("picture_alt_hint")}`}
              data-testid="chat-alt"
              maxLength={300}
              placeholder={texts("picture_alt")}
              value={draft.alt.value}
              onInput={(event) => {
                draft.alt.value = event.currentTarget.value;
              }}
            />
          </>
        ) : (
          <p class="message-failed" role="alert">
            {explainError(state.error)}
          </p>
        )}
      </div>
      <button
        type="button"
        class="icon-button"
        aria-label={texts("picture_remove")}
        title={texts("picture_remove")}
        onClick={() => draft.clear()}
      >
        <Icon name="close" size={18} />
      </button>
    </div>
  );
}

function Progress({ state }: { state: PictureState }): JSX.Element {
  const percent = Math.round(state.progress * 100);
  if (state.uploaded !== null) return <span class="chat-draft-name">{state.name}</span>;
  return (
    <>
      <span class="hint" role="status">
        {texts("picture_progress", { percent })}
      </span>
      <progress max={100} value={percent} />
    </>
  );
}

/** Opens the device's own chooser of files. */
export function PictureButton({ draft }: { draft: PictureDraft }): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        accept={IMAGE_TYPES.join(",")}
        data-testid="chat-file"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          if (file !== undefined) void draft.choose(file);
          event.currentTarget.value = ""; // So that the same file can be chosen again.
        }}
      />
      <button
        type="button"
        class="icon-button chat-picture-button"
        aria-label={texts("picture")}
        title={texts("picture")}
        onClick={() => input.current?.click()}
      >
        <Icon name="picture" size={22} />
      </button>
    </>
  );
}
