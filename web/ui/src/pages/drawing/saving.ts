/** Saves what is drawn as files, after what is missing of it has come. */

import type { Surface } from "../../client/plugins/drawing_surface";
import { EMPTY_SURFACE, itemsOf } from "../../client/plugins/drawing_surface";
import type { Call } from "../state/call";
import { showToast } from "../state/toasts";
import type { DrawingPort } from "./easel";
import type { ExportedPage } from "./exporting";
import { download, pdfOfPages, pngOf } from "./exporting";
import { Loading } from "./loading";
import type { Pictures } from "./painter";
import { pictureOf } from "./pictures";
import { texts } from "./texts";

const LOOK_AGAIN_MS = 50;
const PATIENCE_MS = 20_000;

/** A page that can be had whole, and its place among the others. */
export interface SavedPage {
  readonly number: number;
  readonly whole: () => Promise<ExportedPage>;
}

export async function savePng(call: Call, title: string, page: SavedPage): Promise<void> {
  await save(call, `${fileName(title)}-${page.number}.png`, async () =>
    pngOf(await page.whole(), picturesOf(call)),
  );
}

export async function savePdf(
  call: Call,
  title: string,
  pages: readonly SavedPage[],
): Promise<void> {
  async function* all(): AsyncGenerator<ExportedPage> {
    for (const page of pages) {
      if (page.number > 1) showToast(texts("saving_page", { number: page.number, pages: pages.length }));
      yield await page.whole();
    }
  }
  await save(call, `${fileName(title)}.pdf`, () => pdfOfPages(all(), picturesOf(call)));
}

/** A surface with everything on it, pictures too. */
export async function wholeSurface(call: Call, port: DrawingPort): Promise<Surface> {
  const loading = new Loading(port);
  try {
    await until(() => !loading.follow());
  } finally {
    loading.close();
  }
  const surface = port.drawing().surfaces.get(port.surface) ?? EMPTY_SURFACE;
  const files = [...itemsOf(surface)].map((placed) => placed.item.fileId).filter((id) => id !== "");
  const pictures = picturesOf(call);
  await until(() => files.every((fileId) => pictures(fileId) !== null));
  return surface;
}

async function save(call: Call, name: string, make: () => Promise<Blob>): Promise<void> {
  try {
    showToast(texts("saving"));
    download(await make(), name);
  } catch {
    if (call.room.ended === null) showToast(texts("not_saved"), "warning");
  }
}

function picturesOf(call: Call): Pictures {
  return (fileId) => pictureOf(call.room, fileId, () => undefined);
}

async function until(isDone: () => boolean): Promise<void> {
  const lastMs = performance.now() + PATIENCE_MS;
  while (!isDone()) {
    if (performance.now() > lastMs) throw new Error("something of the page did not come");
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

function fileName(title: string): string {
  const day = new Date().toISOString().slice(0, 10);
  return `${title.replaceAll(/[^\p{L}\p{N}_-]+/gu, "-")}-${day}`;
}
