import type { TraceEntry } from "steadfast";

/**
 * Virtual time as a line to look at. A rollout is bursts and long silences: each instant at which something happens gets room,
 * and a silence gets room by the logarithm of its length.
 */
export class Axis {
  /** The instants at which something happens, in milliseconds, from 0. */
  readonly instants: readonly number[];
  /** How many entries of the trace have happened at each instant. */
  readonly counts: readonly number[];
  readonly #places: readonly number[];

  constructor(trace: readonly TraceEntry[], end: number) {
    const instants = [0];
    const counts = [0];
    trace.forEach(({ at }, index) => {
      if (at !== instants.at(-1)) {
        instants.push(at);
        counts.push(index);
      }
      counts[counts.length - 1] = index + 1;
    });
    if (end > (instants.at(-1) ?? 0)) {
      instants.push(end);
      counts.push(trace.length);
    }
    const places = [0];
    for (let index = 1; index < instants.length; index += 1) {
      const gap = (instants[index] ?? 0) - (instants[index - 1] ?? 0);
      places.push((places[index - 1] ?? 0) + Math.log2(2 + gap / 100));
    }
    this.instants = instants;
    this.counts = counts;
    this.#places = places;
  }

  /** Where the line ends. */
  get length(): number {
    return this.#places.at(-1) ?? 0;
  }

  /** Where an instant stands on the line. */
  placeOf(millis: number): number {
    return between(this.instants, this.#places, millis);
  }

  /** The instant at a place. */
  millisAt(place: number): number {
    return between(this.#places, this.instants, place);
  }

  /** The last of the instants that is not after this one. */
  indexAt(millis: number): number {
    return Math.max(0, firstAfter(this.instants, millis) - 1);
  }

  /** How many entries have happened at an instant. */
  entriesAt(millis: number): number {
    return this.counts[this.indexAt(millis)] ?? 0;
  }
}

function between(from: readonly number[], to: readonly number[], value: number): number {
  const next = firstAfter(from, value);
  const [low, high] = [from[next - 1], from[next]];
  if (low === undefined) {
    return to[0] ?? 0;
  }
  const start = to[next - 1] ?? 0;
  return high === undefined ? start : start + ((value - low) / (high - low)) * ((to[next] ?? start) - start);
}

/** The index of the first number that is greater. */
function firstAfter(numbers: readonly number[], value: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? Infinity) <= value) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
