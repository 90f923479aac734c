import type { JSX } from "preact";

import type { Participant } from "../../client";
import type { IconName } from "../shared/icons";
import type { Call } from "../state/call";
import type { Area, Insets } from "../state/layout";
import type { StageItem } from "../state/stage_items";

export interface CallProps {
  call: Call;
}

export interface PanelProps extends CallProps {
  onClose: () => void;
}

export interface ItemProps extends CallProps {
  item: StageItem;
}

export interface DocumentPage {
  /** Names the page for whatever is kept of it. */
  readonly surface: string;
  /** Of its picture. */
  readonly url: string;
}

export interface PageProps extends CallProps {
  readonly surface: string;
  readonly label: string;
  readonly document: { readonly name: string; readonly pages: readonly DocumentPage[] };
}

export interface PersonProps extends CallProps {
  person: Participant;
}

export interface GroupProps extends CallProps {
  /** Of a group of the room. */
  groupId: string;
  /** Something of the group is on the stage now. */
  onShown: () => void;
}

/** A panel beside the stage; on a phone it covers the page. One is open at a time. */
export interface FeaturePanel {
  /** Also the button's test id: `<id>-button`. */
  readonly id: string;
  readonly icon: IconName;
  readonly title: () => string;
  /** Below the icon, where `title` is too long. */
  readonly short?: () => string;
  readonly Component: (props: PanelProps) => JSX.Element;
  /** How much is new or waits; 0 shows nothing. */
  readonly badge?: (call: Call) => number;
  /** Who is offered it; without this, everybody. */
  readonly isOffered?: (call: Call) => boolean;
}

/** Takes the large place; cameras and screens become a strip beside it. */
export interface FeatureStage {
  readonly isOpen: (call: Call) => boolean;
  /** The seq of the entry that opened it: of several, the one opened last stands in front. */
  readonly openedSeq?: (call: Call) => number;
  /** Brings it before everybody; null: this person does not lead it. */
  readonly lead?: (call: Call) => (() => Promise<unknown>) | null;
  readonly title: () => string;
  readonly Component: (props: CallProps) => JSX.Element;
}

/** What one plugin adds to the room's page. All of it is shown only where the room has the plugin. */
export interface Feature {
  readonly plugin: string;
  readonly panel?: FeaturePanel;
  /** Buttons of the control bar, made of `ControlButton`. */
  readonly Control?: (props: CallProps) => JSX.Element | null;
  /** "bar": a phone's bar shows its control, or its panel's button, before those of others. */
  readonly phone?: "bar" | "more";
  readonly Stage?: FeatureStage;
  /** What the room is called now, if not as at the join; null: as at the join. */
  readonly roomName?: (call: Call) => string | null;
  /** Over a tile, as large as the tile: marks and badges. */
  readonly TileOverlay?: (props: ItemProps) => JSX.Element | null;
  /** The room that a tile's picture leaves to tools beside it. */
  readonly besidePicture?: (call: Call, item: StageItem, box: Area) => Insets;
  /** Over the picture itself: its box is the picture's, also when it is zoomed and moved. */
  readonly PictureOverlay?: (props: ItemProps) => JSX.Element | null;
  /** Over a page of a document: its box is the page's. */
  readonly PageOverlay?: (props: PageProps) => JSX.Element | null;
  /** Beside a page of a document, in room that `--page-left` or `--page-below` sets apart. */
  readonly PageTools?: (props: PageProps) => JSX.Element | null;
  /** A button in the bar of a document. */
  readonly PageAction?: (props: PageProps) => JSX.Element | null;
  /** Buttons for one person, in the list of people. */
  readonly PersonActions?: (props: PersonProps) => JSX.Element | null;
  readonly PersonBadges?: (props: PersonProps) => JSX.Element | null;
  /** Below the list of people. */
  readonly AfterPeople?: (props: CallProps) => JSX.Element | null;
  /** What a group that is over has left, below its name in the panel of groups. */
  readonly GroupResult?: (props: GroupProps) => JSX.Element | null;
  /** Above the stage. */
  readonly Banner?: (props: CallProps) => JSX.Element | null;
  /** Instead of the room, for who waits to be let in. */
  readonly DoorPage?: (props: CallProps) => JSX.Element | null;
}
