/** A chosen picture made ready to be sent: upright, not larger than needed, and nothing in it but the picture. */

export interface PreparedPortrait {
  readonly blob: Blob;
  readonly sha256: string;
  /** An object URL for the preview; to be revoked. */
  readonly previewUrl: string;
}

/** The browser cannot open the file as a picture. */
export class PictureUnreadable extends Error {}

/** Enough for a face that fills a third of the picture, and small enough for a slow line. */
const LONGEST_SIDE = 1600;
const QUALITY = 0.92;

/** Re-encoding drops what cameras write into files, such as the place. Rotation is applied before. */
export async function preparePortrait(file: Blob): Promise<PreparedPortrait> {
  const picture = await open(file);
  const { width, height } = sizeWithin(picture.width, picture.height, LONGEST_SIDE);
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d")?.drawImage(picture, 0, 0, width, height);
  picture.close();
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  if (blob === null) throw new PictureUnreadable();
  const digest = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
  return { blob, sha256: hex(digest), previewUrl: URL.createObjectURL(blob) };
}

/** Width and height in pixels, made smaller in proportion where one is longer than `longest`. */
export function sizeWithin(
  width: number,
  height: number,
  longest: number,
): { readonly width: number; readonly height: number } {
  const scale = Math.min(1, longest / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

async function open(file: Blob): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    throw new PictureUnreadable();
  }
}

function hex(bytes: ArrayBuffer): string {
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
