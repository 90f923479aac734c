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

/** Its words come in a file of their own; until then the page before it stays as it was. */
function Door({ call }: { call: Call }): JSX.Element {
  const DoorPage = call.shell.door.value;
  return DoorPage ? <DoorPage call={call} /> : <JoinPage call={call} />;
}

function CurrentPage({ call }: { call: Call }): JSX.Element {
  switch (call.page.value) {
    case "join":
      return <JoinPage call={call} />;
    case "door":
      return <Door call={call} />;
    case "room":
      return <RoomPage call={call} />;
    case "goodbye":
      return <GoodbyePage call={call} />;
  }
}
