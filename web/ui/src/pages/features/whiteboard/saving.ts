/** Saves pages of the board as files, after what is missing of them has come. */

import { EMPTY_SURFACE, itemsOf } from "../../../client/plugins/drawing_surface";
import type { BoardPage } from "../../../client/plugins/whiteboard";
import type { ExportedPage } from "../../drawing/exporting";
import { download, pdfOfPages, pngOf } from "../../drawing/exporting";
import { Loading } from "../../drawing/loading";
import { pictureOf } from "../../drawing/pictures";
import type { Call } from "../../state/call";
import { showToast } from "../../state/toasts";
import { boardOf, newEasel } from "./board_desk";
import { texts } from "./texts";

const LOOK_AGAIN_MS = 50;
const PATIENCE_MS = 20_000;

export async function savePng(call: Call, page: BoardPage): Promise<void> {
  const number = boardOf(call).state.pages.indexOf(page) + 1;
  await save(call, `${fileName(call)}-${number}.png`, async () =>
    pngOf(await whole(call, page), (fileId) => pictureOf(call.room, fileId, () => undefined)),
  );
}

export async function savePdf(call: Call): Promise<void> {
  await save(call, `${fileName(call)}.pdf`, async () => {
    const pages: ExportedPage[] = [];
    for (const page of boardOf(call).state.pages) pages.push(await whole(call, page));
    return pdfOfPages(pages, (fileId) => pictureOf(call.room, fileId, () => undefined));
  });
}

async function save(call: Call, name: string, make: () => Promise<Blob>): Promise<void> {
  try {
    showToast(texts("saving"));
    download(await make(), name);
  } catch {
    if (call.room.ended === null) showToast(texts("not_saved"), "warning");
  }
}

/** A page with everything on it, pictures too. */
async function whole(call: Call, page: BoardPage): Promise<ExportedPage> {
  const loading = new Loading(newEasel(call, page.page).port);
  await until(() => !loading.follow());
  loading.close();
  const surface = boardOf(call).state.drawing.surfaces.get(page.page) ?? EMPTY_SURFACE;
  const files = [...itemsOf(surface)].map((placed) => placed.item.fileId).filter((id) => id !== "");
  await until(() =>
    files.every((fileId) => pictureOf(call.room, fileId, () => undefined) !== null),
  );
  return { surface, paper: page.paper };
}

async function until(isDone: () => boolean): Promise<void> {
  const lastMs = performance.now() + PATIENCE_MS;
  while (!isDone()) {
    if (performance.now() > lastMs) throw new Error("something of the page did not come");
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

function fileName(call: Call): string {
  const day = new Date().toISOString().slice(0, 10);
  return `${(call.room.info?.name ?? "board").replaceAll(/[^\p{L}\p{N}_-]+/gu, "-")}-${day}`;
}
