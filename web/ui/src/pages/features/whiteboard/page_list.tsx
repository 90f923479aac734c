import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { countOf, EMPTY_SURFACE } from "../../../client/plugins/drawing_surface";
import { ToolIcon } from "../../drawing/tool_icons";
import { Icon } from "../../shared/icons";
import type { Call } from "../../state/call";
import { useChanges } from "../../state/changes";
import { boardOf, turnTo } from "./board_desk";
import { texts } from "./texts";

/** All pages in order: to go to, to move, and to remove. */
export function PageList({ call, shown }: { call: Call; shown: string }): JSX.Element {
  const [doomed, setDoomed] = useState<string | null>(null);
  const board = boardOf(call);
  useChanges(board.onChange);
  const { pages, drawing } = board.state;
  const request = (body: { type: string; [field: string]: unknown }): void =>
    void call.attempt(board.request(body).then(() => undefined));
  const move = (page: string, position: number): void =>
    request({ type: "move_page", page, position });
  return (
    <>
      <ol class="page-list">
        {pages.map(({ page, group }, index) => (
          <li key={page} class={page === shown ? "shown" : ""}>
            <button
              type="button"
              class="page-name"
              aria-current={page === shown ? "page" : undefined}
              onClick={() => turnTo(call, page)}
            >
              {texts("page_number", { number: index + 1 })}
              {group !== null && <span>{texts("of_group", { group: group.name })}</span>}
              <span class="hint">
                {texts("things", { count: countOf(drawing.surfaces.get(page) ?? EMPTY_SURFACE) })}
              </span>
            </button>
            <button
              type="button"
              class="icon-button turned-up"
              aria-label={texts("move_up", { number: index + 1 })}
              disabled={index === 0}
              onClick={() => move(page, index - 1)}
            >
              <Icon name="chevronLeft" size={18} />
            </button>
            <button
              type="button"
              class="icon-button turned-up"
              aria-label={texts("move_down", { number: index + 1 })}
              disabled={index === pages.length - 1}
              onClick={() => move(page, index + 1)}
            >
              <Icon name="chevronRight" size={18} />
            </button>
            <button
              type="button"
              class="icon-button"
              data-testid="remove-page"
              aria-label={texts("remove_page", { number: index + 1 })}
              disabled={pages.length === 1}
              onClick={() => setDoomed(page)}
            >
              <ToolIcon name="trash" size={18} />
            </button>
            {doomed === page && (
              <div class="page-doom" role="alert">
                <span>{texts("remove_warning")}</span>
                <button
                  type="button"
                  class="danger-button small"
                  onClick={() => {
                    setDoomed(null);
                    request({ type: "remove_page", page });
                  }}
                >
                  {texts("remove")}
                </button>
                <button
                  type="button"
                  class="secondary-button small"
                  onClick={() => setDoomed(null)}
                >
                  {texts("keep")}
                </button>
              </div>
            )}
          </li>
        ))}
      </ol>
      <form method="dialog" class="dialog-actions">
        <button class="primary-button">{texts("close")}</button>
      </form>
    </>
  );
}
