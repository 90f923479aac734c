import type { JSX } from "preact";

import type { CallProps } from "../feature";
import { AskedBanner } from "./asked_banner";
import { SharingBanner } from "./sharing_banner";

export function ShareBanners({ call }: CallProps): JSX.Element {
  return (
    <>
      <AskedBanner call={call} />
      <SharingBanner call={call} />
    </>
  );
}
