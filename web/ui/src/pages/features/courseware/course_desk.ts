import { signal } from "@preact/signals";

import type { PluginState, Room } from "../../../client";
import type { CourseDocument, CoursewareState } from "../../../client/plugins/courseware";
import { coursewareFold, documentIn } from "../../../client/plugins/courseware";
import type { Call } from "../../state/call";
import { CoursewareUploads } from "./uploads";

/** What one person has in hand of the courseware. */
export interface CourseDesk {
  readonly uploads: CoursewareUploads;
  /** The page that one leafs to alone; null: one follows. */
  readonly ownPage: ReturnType<typeof signal<number | null>>;
  readonly isStripOpen: ReturnType<typeof signal<boolean>>;
}

const desks = new WeakMap<Room, CourseDesk>();

export function courseDeskOf(call: Call): CourseDesk {
  const { room } = call;
  let desk = desks.get(room);
  if (desk === undefined) {
    desk = {
      uploads: new CoursewareUploads(room),
      ownPage: signal<number | null>(null),
      isStripOpen: signal(false),
    };
    desks.set(room, desk);
  }
  return desk;
}

export function coursewareOf(call: Call): PluginState<CoursewareState> {
  return call.room.plugin(coursewareFold);
}

export function leads(call: Call): boolean {
  const role = call.room.self?.role;
  return role === "host" || role === "assistant";
}

/** The document that is shown; undefined: none is. */
export function shownDocument(call: Call): CourseDocument | undefined {
  const { state } = coursewareOf(call);
  const document = documentIn(state, state.documentId);
  const isThere = document !== undefined && document.status !== "failed";
  return state.isOpen && isThere && document.pages.length > 0 ? document : undefined;
}

/** The page in front of this person. */
export function shownPage(call: Call, document: CourseDocument): number {
  const own = courseDeskOf(call).ownPage.value ?? null;
  const { page } = coursewareOf(call).state;
  return Math.min(own ?? page, document.pages.length);
}

/** Whoever leads turns the page for all; everybody else for oneself. */
export function turnTo(call: Call, document: CourseDocument, page: number): void {
  if (page < 1 || page > document.pages.length) return;
  const { ownPage } = courseDeskOf(call);
  const courseware = coursewareOf(call);
  if (leads(call)) {
    // In front of oneself at once; the others and the journal follow.
    ownPage.value = page;
    void call
      .attempt(courseware.request({ type: "present", document: document.id, page }))
      .then(() => {
        if (ownPage.value === page) ownPage.value = null;
      });
  } else {
    ownPage.value = page === courseware.state.page ? null : page;
  }
}
