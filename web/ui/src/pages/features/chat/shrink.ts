/** Above this, a picture is made smaller before it goes out: a weak line would carry it for minutes. */
const LARGE_BYTES = 400_000;
const LONGEST_PX = 1600;
const QUALITY = 0.85;

/**
 * A picture as it is shown in a chat: not larger than a screen, and without what a camera writes
 * beside it, such as the place. What cannot be drawn here is sent as it is.
 */
export async function shrunk(file: File): Promise<File> {
  if (file.type === "image/gif" || !file.type.startsWith("image/")) return file;
  const isPhoto = file.type === "image/jpeg";
  if (!isPhoto && file.size <= LARGE_BYTES) return file;
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_PX / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    const blob = await toBlob(canvas);
    if (blob === null || (!isPhoto && blob.size >= file.size)) return file;
    const name = file.name.replace(/\.[^.]*$/, "") + (blob.type === "image/webp" ? ".webp" : ".png");
    return new File([blob], name, { type: blob.type });
  } catch {
    return file;
  }
}

function toBlob(canvas: HTMLCanvasElement): Promise<Blob | null> {
  return new Promise((resolve) => canvas.toBlob(resolve, "image/webp", QUALITY));
}
