/** Where the tiles stand: pure geometry, in CSS pixels. */

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Area {
  readonly width: number;
  readonly height: number;
}

export const GAP_PX = 10;
const WIDEST = 16 / 9;
/** A person is still whole in these; on a high screen tiles may be higher than wide. */
const NARROWEST_WIDE = 1.2;
const NARROWEST_HIGH = 0.75;
/** Pictures are 16:9 and are cropped to their tile; a crop counts half against the tile's size. */
const CROP_WEIGHT = 0.5;

interface Cell extends Area {
  readonly columns: number;
}

/** The best-fit grid: of all numbers of columns, the one that shows most of the pictures. */
export function arrangeGrid(area: Area, count: number): Box[] {
  if (count === 0 || area.width <= 0 || area.height <= 0) return [];
  let best: Cell | null = null;
  let bestScore = -1;
  for (let columns = 1; columns <= count; columns += 1) {
    const cell = fitCell(area, columns, Math.ceil(count / columns));
    const shown = Math.min(1, cell.width / cell.height / WIDEST);
    const score = cell.width * cell.height * shown ** CROP_WEIGHT;
    if (score > bestScore) [best, bestScore] = [cell, score];
  }
  return best === null ? [] : placeGrid(area, count, best);
}

/** The first tile large, the others in a strip along the longer side's end. */
export function arrangeFocus(area: Area, count: number): Box[] {
  if (count <= 1) return arrangeWhole(area, count);
  const isWide = area.width / area.height > 1.25;
  const strip = isWide ? clamp(area.width * 0.19, 128, 260) : clamp(area.height * 0.2, 84, 150);
  const main: Area = isWide
    ? { width: area.width - strip - GAP_PX, height: area.height }
    : { width: area.width, height: area.height - strip - GAP_PX };
  const boxes: Box[] = [{ left: 0, top: 0, ...main }];
  const along = isWide ? area.height : area.width;
  const across = strip;
  const length = stripTileLength(along, across, count - 1, isWide);
  const used = (count - 1) * (length + GAP_PX) - GAP_PX;
  const start = Math.max(0, (along - used) / 2);
  for (let index = 0; index < count - 1; index += 1) {
    const offset = start + index * (length + GAP_PX);
    boxes.push(
      isWide
        ? { left: main.width + GAP_PX, top: offset, width: across, height: length }
        : { left: offset, top: main.height + GAP_PX, width: length, height: across },
    );
  }
  return boxes;
}

/** How many tiles a strip holds before they get too small to be recognised. */
export function stripCapacity(area: Area): number {
  const isWide = area.width / area.height > 1.25;
  return Math.max(
    1,
    Math.floor(((isWide ? area.height : area.width) + GAP_PX) / ((isWide ? 84 : 96) + GAP_PX)),
  );
}

function stripTileLength(along: number, across: number, count: number, isWide: boolean): number {
  const natural = isWide ? across / WIDEST : across * 1.2;
  return Math.min(natural, (along - (count - 1) * GAP_PX) / count);
}

function arrangeWhole(area: Area, count: number): Box[] {
  return count === 0 ? [] : [{ left: 0, top: 0, ...area }];
}

function fitCell(area: Area, columns: number, rows: number): Cell {
  const width = (area.width - (columns - 1) * GAP_PX) / columns;
  const height = (area.height - (rows - 1) * GAP_PX) / rows;
  const narrowest = area.width > area.height ? NARROWEST_WIDE : NARROWEST_HIGH;
  const fittedWidth = Math.max(1, Math.min(width, height * WIDEST));
  return {
    columns,
    width: fittedWidth,
    height: Math.max(1, Math.min(height, fittedWidth / narrowest)),
  };
}

function placeGrid(area: Area, count: number, cell: Cell): Box[] {
  const rows = Math.ceil(count / cell.columns);
  const top = (area.height - rows * cell.height - (rows - 1) * GAP_PX) / 2;
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / cell.columns);
    const inRow = row === rows - 1 ? count - row * cell.columns : cell.columns;
    const left = (area.width - inRow * cell.width - (inRow - 1) * GAP_PX) / 2;
    return {
      left: left + (index % cell.columns) * (cell.width + GAP_PX),
      top: top + row * (cell.height + GAP_PX),
      width: cell.width,
      height: cell.height,
    };
  });
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
