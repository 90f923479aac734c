import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

import { Panel } from "../../panel/panel";
import type { PanelProps } from "../feature";
import { Board } from "./board";
import { breakoutsOf, leadsGroups } from "./breakouts";
import { Choice } from "./choice";
import { OpenBar } from "./open_bar";
import { PlanForm } from "./plan_form";
import { Sisters } from "./sisters";
import { StartBar } from "./start_bar";
import { Summaries } from "./summaries";
import { texts } from "./texts";

/** The plan of the groups: made, changed and carried out by hosts; others may choose. */
export function BreakoutsPanel({ call, onClose }: PanelProps): JSX.Element {
  const { phase, own, summaries } = breakoutsOf(call).state;
  const opened = useRef(own?.number);
  // Whoever goes to another room wants to see it: on a phone the panel covers it.
  useEffect(() => {
    if (opened.current !== own?.number) onClose();
  }, [own?.number, onClose]);
  return (
    <Panel title={texts("title")} testId="breakouts-panel" onClose={onClose}>
      <div class="groups-body">
        {own !== null && <Sisters call={call} />}
        {own === null && !leadsGroups(call) && <Choice call={call} />}
        {own === null && leadsGroups(call) && (
          <>
            {phase === "none" && <PlanForm call={call} />}
            {phase === "planned" && <StartBar call={call} />}
            {phase === "open" && <OpenBar call={call} />}
            {phase !== "none" && <Board call={call} />}
            {summaries.length > 0 && <Summaries call={call} onClose={onClose} />}
          </>
        )}
      </div>
    </Panel>
  );
}
