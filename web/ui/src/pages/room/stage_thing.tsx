import type { JSX } from "preact";

import type { FeatureStage } from "../features/feature";
import { t } from "../i18n/translate";
import { Icon } from "../shared/icons";
import type { Call } from "../state/call";
import type { Box } from "../state/layout";

/** A whiteboard, slides: large, or small in the strip while a tile is pinned. Never made anew. */
export function StageThing({
  call,
  stage,
  box,
  isLarge,
  onEnlarge,
}: {
  call: Call;
  stage: FeatureStage;
  box: Box;
  isLarge: boolean;
  onEnlarge: () => void;
}): JSX.Element {
  const lead = stage.lead?.(call) ?? null;
  const label = t(lead === null ? "stage.enlarge" : "stage.lead", { title: stage.title() });
  const press = (): void => {
    onEnlarge();
    if (lead !== null) void call.attempt(lead());
  };
  return (
    <section
      class={isLarge ? "stage-thing" : "stage-thing small"}
      aria-label={stage.title()}
      data-testid="stage-thing"
      style={{
        width: `${box.width}px`,
        height: `${box.height}px`,
        transform: `translate(${box.left}px, ${box.top}px)`,
      }}
    >
      <div class="stage-thing-body" inert={!isLarge}>
        <stage.Component call={call} />
      </div>
      {!isLarge && (
        <button
          type="button"
          class="stage-thing-enlarge"
          aria-label={label}
          title={label}
          onClick={press}
        >
          <Icon name="enlarge" size={20} />
          <span aria-hidden="true">{stage.title()}</span>
        </button>
      )}
    </section>
  );
}
