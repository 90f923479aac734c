/** Pages as pictures and files: painted once more, as large as they are wanted. */

import type { Surface } from "../../client/plugins/drawing_surface";
import { itemsOf } from "../../client/plugins/drawing_surface";
import type { Paper } from "../../client/plugins/whiteboard";
import type { Pictures } from "./painter";
import { paintPaper, paintShape } from "./painter";
import type { PdfPage } from "./pdf";
import { pdfOf } from "./pdf";
import { shapeOf } from "./shape";
import type { Space } from "./space";

const WIDTH_PX = 1_920;

export interface ExportedPage {
  readonly surface: Surface;
  readonly space: Space;
  /** What is drawn on: a paper, or the picture of a page. */
  readonly ground: Paper | HTMLImageElement;
}

export async function pngOf(page: ExportedPage, pictures: Pictures): Promise<Blob> {
  return encoded(painted(page, pictures), "image/png");
}

/** The pages are asked for one after the other, so that one at a time is held as a picture. */
export async function pdfOfPages(
  pages: AsyncIterable<ExportedPage>,
  pictures: Pictures,
): Promise<Blob> {
  const made: PdfPage[] = [];
  for await (const page of pages) {
    const canvas = painted(page, pictures);
    const blob = await encoded(canvas, "image/jpeg");
    const jpeg = new Uint8Array(await blob.arrayBuffer());
    made.push({ jpeg, widthPx: canvas.width, heightPx: canvas.height });
  }
  return new Blob([pdfOf(made)], { type: "application/pdf" });
}

export function download(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Makes a canvas so many pixels wide and paints a page on it, in small with bolder lines. */
export function paintPage(
  canvas: HTMLCanvasElement,
  { surface, space, ground }: ExportedPage,
  { widthPx, pictures, bold = 1 }: { widthPx: number; pictures: Pictures; bold?: number },
): void {
  const scale = widthPx / space.width;
  canvas.width = widthPx;
  canvas.height = Math.max(1, Math.round(space.height * scale));
  const context = canvas.getContext("2d");
  if (context === null) return;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  if (typeof ground === "string") paintPaper(context, ground, space);
  else context.drawImage(ground, 0, 0, space.width, space.height);
  for (const placed of itemsOf(surface)) {
    paintShape(context, shapeOf(placed.item, space), pictures, bold);
  }
}

function painted(page: ExportedPage, pictures: Pictures): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  paintPage(canvas, page, { widthPx: WIDTH_PX, pictures });
  return canvas;
}

function encoded(canvas: HTMLCanvasElement, type: "image/png" | "image/jpeg"): Promise<Blob> {
  return new Promise((resolve, reject) => {
    const done = (blob: Blob | null): void =>
      blob === null ? reject(new Error("no picture")) : resolve(blob);
    canvas.toBlob(done, type, 0.92);
  });
}
