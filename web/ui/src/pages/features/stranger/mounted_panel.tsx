import { effect, untracked } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { language } from "../../i18n/translate";
import { Panel } from "../../panel/panel";
import type { Call } from "../../state/call";
import type { PanelProps } from "../feature";
import type { PanelApi, PanelModule } from "./panel_module";
import { foldOf, PANEL_API_VERSION, titleOf } from "./panel_module";
import { texts } from "./texts";

interface MountedPanelProps extends PanelProps {
  name: string;
  module: PanelModule | null;
}

/** A stranger's panel in ours: it gets an element of its own, and ends when the panel is closed. */
export function MountedPanel({ call, onClose, name, module }: MountedPanelProps): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const [hasFailed, setFailed] = useState(module === null);
  useEffect(() => {
    if (place.current === null || module === null) return undefined;
    const element = place.current;
    const mounted = attempt(name, () => ({ end: module.mount(element, apiOf(call, name, module)) }));
    if (mounted === null) setFailed(true);
    const end = mounted?.end;
    return typeof end === "function" ? () => void attempt(name, () => void end()) : undefined;
  }, [call, module, name]);
  return (
    <Panel
      title={titleOf(name, module, language.value)}
      testId={`plugin-${name}-panel`}
      onClose={onClose}
    >
      {hasFailed && (
        <p class="stranger-failed" role="alert">
          {texts("failed", { name })}
        </p>
      )}
      <div ref={place} class="stranger" hidden={hasFailed} />
    </Panel>
  );
}

/** Getters all: what a panel reads is always what is so now. */
function apiOf(call: Call, name: string, module: PanelModule): PanelApi {
  const fold = foldFor(name, module);
  const plugin = () => call.room.plugin(fold);
  return Object.freeze({
    version: PANEL_API_VERSION,
    get state() {
      return plugin().state;
    },
    get language() {
      return language.value;
    },
    get participants() {
      const { room } = call;
      return room.roster.participants.map(({ id, name, role }) => ({
        id,
        name,
        role,
        isHost: role === "host" || role === "assistant",
        isSelf: id === room.participantId,
      }));
    },
    get nowUs() {
      return call.room.nowUs;
    },
    request: async (body: Parameters<PanelApi["request"]>[0]) => {
      await plugin().request(body);
    },
    signal: (body: Parameters<PanelApi["signal"]>[0]) => plugin().signal(body),
    onChange: (listener: () => void) =>
      effect(() => {
        void call.room;
        void language.value;
        // What the panel reads on its way is no reason to call it again.
        untracked(() => attempt(name, listener));
      }),
    onSignal: (listener: Parameters<PanelApi["onSignal"]>[0]) => plugin().onSignal(listener),
  });
}

/** A stranger's code may throw; it is told of where its author looks. */
function attempt<T>(name: string, action: () => T): T | null {
  try {
    return action();
  } catch (error) {
    console.error(`The panel of the plugin ${name} failed.`, error);
    return null;
  }
}

const folds = new WeakMap<PanelModule, ReturnType<typeof foldOf>>();

/** One fold for each module, so that the room sees the same one each time. */
function foldFor(name: string, module: PanelModule): ReturnType<typeof foldOf> {
  const fold = folds.get(module) ?? foldOf(name, module);
  folds.set(module, fold);
  return fold;
}
