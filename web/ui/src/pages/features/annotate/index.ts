import "../../drawing/drawing.css";
import "./annotate.css";

import type { Feature } from "../feature";
import { PageAction, PageOverlay, PageTools } from "./page_overlay";
import { PictureOverlay } from "./picture_overlay";
import { besidePicture } from "./room_for_tools";
import { TileTools } from "./tile_tools";

export const feature: Feature = {
  plugin: "annotate",
  PictureOverlay,
  PageOverlay,
  PageTools,
  PageAction,
  besidePicture,
  TileOverlay: TileTools,
};
