import "../../drawing/drawing.css";
import "./annotate.css";

import type { Feature } from "../feature";
import { PageOverlay } from "./page_overlay";
import { PictureOverlay } from "./picture_overlay";
import { TileTools } from "./tile_tools";

export const feature: Feature = {
  plugin: "annotate",
  PictureOverlay,
  PageOverlay,
  TileOverlay: TileTools,
};
