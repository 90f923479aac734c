import type { Feature } from "../feature";
import "./chat.css";
import { deskOf } from "./chat_desk";
import { ChatPanel } from "./chat_panel";
import { GroupChat } from "./group_chat";
import { MentionNotice } from "./mention_notice";
import { texts } from "./texts";
import { WriteTo } from "./write_to";

export const feature: Feature = {
  plugin: "chat",
  panel: {
    id: "chat",
    icon: "chat",
    title: () => texts("title"),
    Component: ChatPanel,
    badge: (call) => deskOf(call).unread.value,
  },
  phone: "bar",
  PersonActions: WriteTo,
  Banner: MentionNotice,
  GroupResult: GroupChat,
};
