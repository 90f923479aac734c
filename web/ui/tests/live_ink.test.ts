import { beforeEach, describe, expect, test, vi } from "vitest";

import { newItem } from "../src/client/plugins/drawing_item";
import { LiveInk } from "../src/pages/drawing/live_ink";
import type { Context } from "../src/pages/drawing/painter";

/** Node has no canvas: paths and the paper just write down what is done to them. */
class WrittenPath {
  readonly steps: readonly number[][];
  static written = 0;

  constructor(from?: WrittenPath) {
    this.steps = [...(from?.steps ?? [])];
  }

  moveTo(...step: number[]): void {
    this.#write(step);
  }

  lineTo(...step: number[]): void {
    this.#write(step);
  }

  quadraticCurveTo(...step: number[]): void {
    this.#write(step);
  }

  arc(...step: number[]): void {
    this.#write(step);
  }

  closePath(): void {
    this.#write([]);
  }

  #write(step: number[]): void {
    WrittenPath.written += 1;
    (this.steps as number[][]).push(step);
  }
}

function painted(ink: LiveInk): WrittenPath | null {
  let path: WrittenPath | null = null;
  const take = (given: unknown): void => {
    path = given as WrittenPath;
  };
  const paper = { stroke: take, fill: take, save: () => undefined, restore: () => undefined };
  ink.paint(paper as unknown as Context);
  return path;
}

const pen = (pressures: number[] = []) =>
  newItem("pen", new Uint8Array(), { width: 20, pressures: Uint8Array.from(pressures) });

function inkOf(points: readonly number[]): LiveInk {
  const ink = new LiveInk(pen());
  ink.extend(pen(), 0, Float32Array.from(points));
  return ink;
}

/** Where the path that is seen ends. */
function endOf(ink: LiveInk): number[] {
  return painted(ink)?.steps.at(-1)?.slice(-2) ?? [];
}

const WAY = Array.from({ length: 400 }, (_, index) => [index * 10, (index % 7) * 15]).flat();

describe("a stroke in the making", () => {
  beforeEach(() => {
    WrittenPath.written = 0;
    vi.stubGlobal("Path2D", WrittenPath);
  });

  test("is nothing before its first point, then a dot, then ends at its last point", () => {
    expect(painted(new LiveInk(pen()))).toBeNull();
    const ink = inkOf([5, 5]);
    expect(endOf(ink)[0]).toBeCloseTo(5.1);
    ink.extend(pen(), 1, Float32Array.of(50, 60));
    expect(endOf(ink)).toEqual([50, 60]);
  });

  test("is the same in many parts as in one", () => {
    const whole = painted(inkOf(WAY));
    const ink = new LiveInk(pen());
    for (let index = 0; index < WAY.length / 2; index += 5) {
      ink.extend(pen(), index, Float32Array.from(WAY.slice(2 * index, 2 * index + 10)));
      painted(ink);
    }
    expect(painted(ink)?.steps).toEqual(whole?.steps);
  });

  test("costs a new point and not the stroke", () => {
    const ink = inkOf(WAY);
    painted(ink);
    WrittenPath.written = 0;
    ink.extend(pen(), WAY.length / 2, Float32Array.of(4_100, 20));
    painted(ink);
    expect(WrittenPath.written).toBeLessThanOrEqual(3);
  });

  test("takes points again from where they are told anew", () => {
    const ink = inkOf([0, 0, 10, 0, 20, 0, 30, 0]);
    painted(ink);
    ink.extend(pen(), 2, Float32Array.of(20, 50));
    expect(painted(ink)?.steps).toEqual(painted(inkOf([0, 0, 10, 0, 20, 50]))?.steps);
  });

  test("goes on straight where a part was lost", () => {
    const ink = inkOf([0, 0, 10, 0]);
    ink.extend(pen(), 90, Float32Array.of(500, 500));
    expect(painted(ink)?.steps).toEqual(painted(inkOf([0, 0, 10, 0, 500, 500]))?.steps);
  });

  test("has an end: whoever sends more is not shown more", () => {
    const ink = new LiveInk(pen());
    const long = Float32Array.from({ length: 2 * 16_384 }, (_, index) => index);
    ink.extend(pen(), 0, long);
    const end = endOf(ink);
    ink.extend(pen(), 16_384, Float32Array.of(7, 7));
    expect(endOf(ink)).toEqual(end);
  });

  test("lies where it lay when the picture below gets another shape", () => {
    const ink = inkOf([0, 100, 10, 200]);
    painted(ink);
    ink.stretch(0.5);
    expect(endOf(ink)).toEqual([10, 100]);
  });

  test("is as thick as the pen was pressed at each point", () => {
    const ink = new LiveInk(pen([0, 255]));
    ink.extend(pen([0, 255]), 0, Float32Array.of(0, 0, 100, 0));
    const radii = painted(ink)?.steps.filter((step) => step.length === 5).map((step) => step[2]);
    expect(radii).toEqual([3, 17]);
  });
});
