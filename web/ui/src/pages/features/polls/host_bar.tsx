import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { Poll } from "../../../client/plugins/polls";
import { openPoll } from "../../../client/plugins/polls";
import { showToast } from "../../state/toasts";
import type { Call } from "../../state/call";
import { fetchBallots, saveBallots } from "./exporting";
import { askPolls, pollsOf } from "./polls";
import { texts } from "./texts";

/** What whoever runs polls does with one. */
export function HostBar({ call, poll }: { call: Call; poll: Poll }): JSX.Element {
  const isBusy = openPoll(pollsOf(call)) !== undefined;
  const button = (type: string, label: string, isMain = false, isOff = false): JSX.Element => (
    <button
      type="button"
      class={isMain ? "primary-button small" : "secondary-button small"}
      data-testid={`poll-${type}`}
      disabled={isOff}
      onClick={() => void askPolls(call, { type, number: poll.number })}
    >
      {label}
    </button>
  );
  return (
    <div class="poll-actions">
      {poll.status === "draft" && button("open", texts("open"), true, isBusy)}
      {poll.status === "open" && button("close", texts("close"), true)}
      {poll.status === "closed" && (
        <>
          {poll.isShared ? (
            poll.shows === "hosts" && <span class="hint">{texts("shared")}</span>
          ) : (
            button("share", texts("share"), true)
          )}
          {button("repeat", texts("repeat"), false, isBusy)}
          <ExportButtons call={call} poll={poll} />
        </>
      )}
      {poll.status !== "open" && button("delete", texts("remove"))}
    </div>
  );
}

function ExportButtons({ call, poll }: { call: Call; poll: Poll }): JSX.Element {
  const [progress, setProgress] = useState<string | null>(null);
  const save = async (format: "csv" | "json"): Promise<void> => {
    if (progress !== null) return;
    setProgress(texts("exporting", { done: 0, total: poll.voters }));
    try {
      const ballots = await fetchBallots(call.room, poll.number, (done, total) =>
        setProgress(texts("exporting", { done, total })),
      );
      saveBallots(poll, ballots, format);
    } catch {
      showToast(texts("export_failed"), "warning");
    }
    setProgress(null);
  };
  return (
    <>
      {(["csv", "json"] as const).map((format) => (
        <button
          key={format}
          type="button"
          class="secondary-button small"
          data-testid={`export-${format}`}
          aria-disabled={progress !== null}
          onClick={() => void save(format)}
        >
          {texts(`export_${format}`)}
        </button>
      ))}
      {progress !== null && (
        <span class="hint" role="status">
          {progress}
        </span>
      )}
    </>
  );
}
