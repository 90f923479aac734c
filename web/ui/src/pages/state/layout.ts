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

/** What is left free at the edges of a box. */
export interface Insets {
  readonly left: number;
  readonly bottom: number;
}

export const GAP_PX = 10;
const WIDEST = 16 / 9;
/** A person is still whole in these; on a high screen tiles may be higher than wide. */
const NARROWEST_WIDE = 1.2;
const NARROWEST_HIGH = 0.75;
/** Pictures are 16:9 and are cropped to their tile; a crop counts a little against the tile's size. */
const CROP_WEIGHT = 0.3;
const MOST_BESIDE = 11;

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

/** The first tile large, the others in a grid of their own beside it or below it. */
export function arrangeFocus(area: Area, count: number, split = splitFocus(area)): Box[] {
  if (count <= 1) return arrangeWhole(area, count);
  const { main, rest, left, top } = split;
  const others = arrangeGrid(rest, count - 1).map((box) => ({
    ...box,
    left: box.left + left,
    top: box.top + top,
  }));
  return [{ left: 0, top: 0, ...main }, ...others];
}

/** How many tiles stand beside the large one before they get too small to be recognised. */
export function stripCapacity(area: Area, { rest } = splitFocus(area)): number {
  let count = 1;
  while (count < MOST_BESIDE && isRecognisable(arrangeGrid(rest, count + 1)[0])) count += 1;
  return count;
}

export interface FocusSplit {
  readonly main: Area;
  readonly rest: Area;
  readonly left: number;
  readonly top: number;
}

/**
 * Beside or below: whichever leaves the large picture larger; what it cannot use goes to the others.
 * `barPx`: what its tile needs below the picture.
 */
export function splitFocus(area: Area, barPx = 0): FocusSplit {
  const height = area.height - barPx;
  const beside = clamp(area.width - height * WIDEST - GAP_PX, 136, area.width * 0.34);
  const below = clamp(height - area.width / WIDEST - GAP_PX, 92, area.height * 0.62);
  const wide: Area = { width: area.width - beside - GAP_PX, height: area.height };
  const high: Area = { width: area.width, height: area.height - below - GAP_PX };
  if (pictureWidth(wide, barPx) >= pictureWidth(high, barPx)) {
    return {
      main: wide,
      rest: { width: beside, height: area.height },
      left: wide.width + GAP_PX,
      top: 0,
    };
  }
  return {
    main: high,
    rest: { width: area.width, height: below },
    left: 0,
    top: high.height + GAP_PX,
  };
}

/** For what fills any shape, such as a whiteboard: the others get a narrow strip, or what is left below a square. */
export function splitThing(area: Area): FocusSplit {
  if (area.width > area.height) {
    const beside = clamp(area.width * 0.17, 124, 240);
    const main = { width: area.width - beside - GAP_PX, height: area.height };
    return {
      main,
      rest: { width: beside, height: area.height },
      left: main.width + GAP_PX,
      top: 0,
    };
  }
  const below = clamp(area.height - area.width, 84, area.height * 0.4);
  const main = { width: area.width, height: area.height - below - GAP_PX };
  return { main, rest: { width: area.width, height: below }, left: 0, top: main.height + GAP_PX };
}

function pictureWidth(area: Area, barPx: number): number {
  return Math.min(area.width, (area.height - barPx) * WIDEST);
}

function isRecognisable(box: Box | undefined): boolean {
  return box !== undefined && box.width >= 96 && box.height >= 64;
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
