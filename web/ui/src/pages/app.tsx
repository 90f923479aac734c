import type { JSX } from "preact";

import { GoodbyePage } from "./goodbye/goodbye_page";
import { JoinPage } from "./join/join_page";
import { RoomPage } from "./room/room_page";
import { ToastList } from "./shared/toast_list";
import type { Call } from "./state/call";

export function App({ call }: { call: Call }): JSX.Element {
  return (
    <>
      <CurrentPage call={call} />
      <ToastList />
    </>
  );
}

function CurrentPage({ call }: { call: Call }): JSX.Element {
  switch (call.page.value) {
    case "join":
      return <JoinPage call={call} />;
    case "room":
      return <RoomPage call={call} />;
    case "goodbye":
      return <GoodbyePage call={call} />;
  }
}
