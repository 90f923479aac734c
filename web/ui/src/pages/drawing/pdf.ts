/** A PDF whose pages are JPEG pictures: all that an exported board needs (ISO 32000-1 §7.5, §7.4.8). Pure. */

export interface PdfPage {
  readonly jpeg: Uint8Array;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** The longer side of a page in points: that of A4. */
const LONG_SIDE = 842;

export function pdfOf(pages: readonly PdfPage[]): Uint8Array<ArrayBuffer> {
  const file = new PdfFile();
  // Objects: 1 the catalog, 2 the list of pages, then three for each page.
  const pageNumbers = pages.map((_, index) => 3 + 3 * index);
  file.object(1, "<< /Type /Catalog /Pages 2 0 R >>");
  const kids = pageNumbers.map((number) => `${number} 0 R`).join(" ");
  file.object(2, `<< /Type /Pages /Count ${pages.length} /Kids [${kids}] >>`);
  pages.forEach((page, index) => addPage(file, page, 3 + 3 * index));
  return file.finish();
}

function addPage(file: PdfFile, page: PdfPage, number: number): void {
  const scale = LONG_SIDE / Math.max(page.widthPx, page.heightPx);
  const width = (page.widthPx * scale).toFixed(2);
  const height = (page.heightPx * scale).toFixed(2);
  file.object(
    number,
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${width} ${height}] ` +
      `/Resources << /XObject << /Im ${number + 2} 0 R >> >> /Contents ${number + 1} 0 R >>`,
  );
  const paint = new TextEncoder().encode(`q ${width} 0 0 ${height} 0 0 cm /Im Do Q`);
  file.object(number + 1, `<< /Length ${paint.length} >>`, paint);
  file.object(
    number + 2,
    `<< /Type /XObject /Subtype /Image /Width ${page.widthPx} /Height ${page.heightPx} ` +
      `/ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode /Length ${page.jpeg.length} >>`,
    page.jpeg,
  );
}

class PdfFile {
  readonly #parts: Uint8Array[] = [];
  readonly #starts: number[] = [];
  #length = 0;

  constructor() {
    // The second line says to whoever moves the file that it is not text.
    this.#add("%PDF-1.4\n");
    this.#addBytes(Uint8Array.of(0x25, 0xe2, 0xe3, 0xcf, 0xd3, 0x0a));
  }

  object(number: number, dictionary: string, stream?: Uint8Array): void {
    this.#starts[number] = this.#length;
    this.#add(`${number} 0 obj\n${dictionary}\n`);
    if (stream !== undefined) {
      this.#add("stream\n");
      this.#addBytes(stream);
      this.#add("\nendstream\n");
    }
    this.#add("endobj\n");
  }

  finish(): Uint8Array<ArrayBuffer> {
    const table = this.#length;
    const count = this.#starts.length;
    this.#add(`xref\n0 ${count}\n0000000000 65535 f \n`);
    for (const start of this.#starts.slice(1)) {
      this.#add(`${String(start).padStart(10, "0")} 00000 n \n`);
    }
    this.#add(`trailer\n<< /Size ${count} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`);
    const whole = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  #add(text: string): void {
    this.#addBytes(new TextEncoder().encode(text));
  }

  #addBytes(bytes: Uint8Array): void {
    this.#parts.push(bytes);
    this.#length += bytes.length;
  }
}
