/** Pages as files: painted once more, as large as they are read well. */

import type { Surface } from "../../client/plugins/drawing_surface";
import { itemsOf } from "../../client/plugins/drawing_surface";
import type { Paper } from "../../client/plugins/whiteboard";
import type { Pictures } from "./painter";
import { paintPaper, paintShape } from "./painter";
import type { PdfPage } from "./pdf";
import { pdfOf } from "./pdf";
import { shapeOf } from "./shape";
import { PAGE_SPACE } from "./space";

const WIDTH_PX = 1_920;

export interface ExportedPage {
  readonly surface: Surface;
  readonly paper: Paper;
}

export async function pngOf(page: ExportedPage, pictures: Pictures): Promise<Blob> {
  return encoded(painted(page, pictures), "image/png");
}

export async function pdfOfPages(
  pages: readonly ExportedPage[],
  pictures: Pictures,
): Promise<Blob> {
  const made: PdfPage[] = [];
  for (const page of pages) {
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

function painted(page: ExportedPage, pictures: Pictures): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  const scale = WIDTH_PX / PAGE_SPACE.width;
  canvas.width = WIDTH_PX;
  canvas.height = Math.round(PAGE_SPACE.height * scale);
  const context = canvas.getContext("2d");
  if (context === null) return canvas;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  paintPaper(context, page.paper, PAGE_SPACE);
  for (const placed of itemsOf(page.surface)) {
    paintShape(context, shapeOf(placed.item, PAGE_SPACE), pictures);
  }
  return canvas;
}

function encoded(canvas: HTMLCanvasElement, type: "image/png" | "image/jpeg"): Promise<Blob> {
  return new Promise((resolve, reject) => {
    const done = (blob: Blob | null): void =>
      blob === null ? reject(new Error("no picture")) : resolve(blob);
    canvas.toBlob(done, type, 0.92);
  });
}
