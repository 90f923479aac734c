/** The compact form of a path, as the server has it: zigzag varints of differences, x and y in turn. */

/** The width of every surface in its own units. */
export const SURFACE_UNITS = 16_000;

export function encodePoints(coordinates: ArrayLike<number>): Uint8Array {
  const out: number[] = [];
  let beforeX = 0;
  let beforeY = 0;
  for (let index = 0; index < coordinates.length; index++) {
    const coordinate = Math.round(coordinates[index] ?? 0);
    const difference = coordinate - (index % 2 === 0 ? beforeX : beforeY);
    if (index % 2 === 0) beforeX = coordinate;
    else beforeY = coordinate;
    let value = difference >= 0 ? difference * 2 : -difference * 2 - 1;
    while (value > 0x7f) {
      out.push((value & 0x7f) | 0x80);
      value >>= 7;
    }
    out.push(value);
  }
  return Uint8Array.from(out);
}

/** Gives `x0, y0, x1, y1, …`; of broken bytes what comes before the break. */
export function decodePoints(data: Uint8Array): Float32Array {
  const numbers: number[] = [];
  let value = 0;
  let shift = 0;
  for (const byte of data) {
    value |= (byte & 0x7f) << shift;
    if (byte & 0x80) {
      shift += 7;
      if (shift > 14) break;
    } else {
      numbers.push(value & 1 ? -((value + 1) >> 1) : value >> 1);
      value = 0;
      shift = 0;
    }
  }
  const points = new Float32Array(numbers.length & ~1);
  for (let index = 0; index < points.length; index++) {
    points[index] = (numbers[index] ?? 0) + (index > 1 ? (points[index - 2] ?? 0) : 0);
  }
  return points;
}
