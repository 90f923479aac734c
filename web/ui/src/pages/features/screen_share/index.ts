import "./screen_share.css";

import type { Feature } from "../feature";
import { PersonShare } from "./person_share";
import { ShareBanners } from "./share_banners";
import { ShareControl } from "./share_control";
import { ZoomBar } from "./zoom_bar";

export const feature: Feature = {
  plugin: "screen_share",
  Control: ShareControl,
  Banner: ShareBanners,
  PersonActions: PersonShare,
  TileOverlay: ZoomBar,
};
