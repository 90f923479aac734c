/** Reads lists in bodies; what is none is empty. */

export function numbersOf(value: unknown): number[] {
  return listOf(value).filter((number) => typeof number === "number");
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
