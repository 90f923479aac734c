import type { JSX } from "preact";

import type { Call } from "../state/call";
import { Popover } from "./popover";
import type { SavedPage } from "./saving";
import { savePdf, savePng } from "./saving";
import { texts } from "./texts";
import { ActionButton } from "./tool_bar";
import { ToolIcon } from "./tool_icons";

export interface SaveProps {
  call: Call;
  /** Of the file. */
  title: string;
  /** The page that is looked at; undefined: it is none that can be saved. */
  shown: SavedPage | undefined;
  all: readonly SavedPage[];
}

/** The lines of a menu that save a page as a picture, or all as PDF. */
export function SaveLines({ call, title, shown, all }: SaveProps): JSX.Element {
  return (
    <>
      {shown !== undefined && (
        <ActionButton
          icon="download"
          label={texts("save_png")}
          isLine
          testId="save-png"
          onClick={() => savePng(call, title, shown)}
        />
      )}
      <ActionButton
        icon="download"
        label={texts("save_pdf")}
        isLine
        testId="save-pdf"
        onClick={() => savePdf(call, title, all)}
      />
    </>
  );
}

/** The same behind a button of its own, for who has no tools: what one may see one may keep. */
export function SaveMenu(props: SaveProps): JSX.Element {
  return (
    <Popover face={<ToolIcon name="download" />} label={texts("save")} testId="save-pages">
      <div class="tool-menu">
        <SaveLines {...props} />
      </div>
    </Popover>
  );
}
