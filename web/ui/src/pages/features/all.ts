import { feature as annotate } from "./annotate";
import { feature as breakouts } from "./breakouts";
import { feature as chat } from "./chat";
import { feature as courseware } from "./courseware";
import type { Feature } from "./feature";
export { loadStrangers } from "./stranger/load";
import { feature as hands } from "./hands";
import { feature as lobby } from "./lobby";
import { feature as polls } from "./polls";
import { feature as pulse } from "./pulse";
import { feature as questions } from "./questions";
import { feature as screenShare } from "./screen_share";
import { feature as whiteboard } from "./whiteboard";

/**
 * All features, in the order in which their buttons stand. Loaded when the room is entered, with
 * their words and styles; the join page has none of it.
 */
export const FEATURES: readonly Feature[] = [
  screenShare,
  hands,
  pulse,
  courseware,
  whiteboard,
  annotate,
  chat,
  questions,
  polls,
  breakouts,
  lobby,
];
