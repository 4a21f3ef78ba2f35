import type { SetSpec } from "../model/set.ts";
import { ordinalOf } from "../model/set.ts";
import type { Reel } from "../store.ts";
import type { World } from "../model/world.ts";

/** How large an ordinal is drawn: a card with everything, a tile, or a dot. */
export type Size = "card" | "tile" | "dot" | "speck";

export const SIZES: Record<Size, { readonly width: number; readonly height: number; readonly gap: number }> = {
  card: { width: 124, height: 128, gap: 16 },
  tile: { width: 68, height: 64, gap: 8 },
  dot: { width: 18, height: 18, gap: 4 },
  speck: { width: 9, height: 9, gap: 2 },
};

/** The height of a claim under a card, with its gap. */
export const CLAIM = 28;

export interface Place {
  readonly x: number;
  readonly y: number;
}

export interface Layout {
  readonly size: Size;
  readonly places: ReadonlyMap<number, Place>;
  /** Boxes around the Pods of a node, where they are grouped by nodes. */
  readonly boxes: readonly { readonly name: string; readonly x: number; readonly y: number; readonly width: number; readonly height: number }[];
  readonly width: number;
  readonly height: number;
}

/** More ordinals than these are not drawn; the page says so. */
export const LIMIT = 5_000;

/** All ordinals that have a place in the story, so that nothing moves when one of them comes or goes. */
export function ordinalsOf(reel: Reel, spec: SetSpec): number[] {
  const found = new Set<number>();
  const range = (start: number, replicas: number): void => {
    for (let ordinal = start; ordinal < start + Math.min(replicas, LIMIT); ordinal += 1) {
      found.add(ordinal);
    }
  };
  range(spec.start, spec.replicas);
  reel.played.trace.forEach((entry, index) => {
    if (entry.type === "object" && entry.kind === "Pod" && entry.change === "created") {
      const ordinal = (entry.namespace ?? "default") === spec.namespace ? ordinalOf(spec.name, entry.name) : undefined;
      ordinal !== undefined && found.add(ordinal);
    } else if (entry.type === "scenario" && ("scale" in entry.event || "apply" in entry.event)) {
      const then = reel.film.at(index + 1).sets.get(`${spec.namespace}/${spec.name}`);
      then && range(then.start, then.replicas);
    }
  });
  return [...found].sort((one, other) => one - other).slice(0, LIMIT);
}

/** The largest size at which so many can be taken in. */
export function sizeFor(count: number): Size {
  return count <= 10 ? "card" : count <= 72 ? "tile" : count <= 800 ? "dot" : "speck";
}

/** Ordinals in a row; rows break where there are many. */
export function inRow(ordinals: readonly number[], width: number, claims: number): Layout {
  const size = sizeFor(ordinals.length);
  const { width: w, height, gap } = SIZES[size];
  const below = size === "card" ? claims * CLAIM + (claims > 0 ? 12 : 0) : size === "tile" && claims > 0 ? 8 : 0;
  const columns = size === "card" ? ordinals.length : Math.max(1, Math.floor((width - 2 + gap) / (w + gap)));
  // Rows of tens and hundreds can be counted.
  const even = size === "card" ? columns : [100, 50, 40, 30, 25, 20, 10, 5].find((round) => round <= columns) ?? columns;
  const top = size === "card" ? 30 : 6;
  const left = size === "dot" || size === "speck" ? 34 : 1;
  const fit = size === "dot" || size === "speck" ? Math.max(5, [100, 50, 40, 30, 25, 20, 10, 5].find((round) => round <= (width - left + gap) / (w + gap)) ?? 5) : even;
  const places = new Map<number, Place>();
  ordinals.forEach((ordinal, index) => {
    places.set(ordinal, { x: left + (index % fit) * (w + gap), y: top + Math.floor(index / fit) * (height + gap + below) });
  });
  const rows = Math.ceil(ordinals.length / fit);
  return {
    size,
    places,
    boxes: [],
    width: left + Math.min(fit, ordinals.length) * (w + gap) - gap + 1,
    height: top + rows * (height + below + gap) - gap + 4,
  };
}

/** The Pods in boxes, one a node; those without a node come last. */
export function byNode(ordinals: readonly number[], world: World, spec: SetSpec, width: number, claims: number): Layout {
  const size = sizeFor(ordinals.length);
  const { width: w, height, gap } = SIZES[size];
  const tall = height + (size === "card" ? claims * CLAIM + (claims > 0 ? 12 : 0) : size === "tile" && claims > 0 ? 8 : 0);
  const groups = new Map<string, number[]>([...world.nodes.keys()].sort(byNumber).map((name) => [name, []]));
  const rest: number[] = [];
  for (const ordinal of ordinals) {
    const node = world.pods.get(`${spec.namespace}/${spec.name}-${ordinal}`)?.node;
    const group = node === undefined ? rest : (groups.get(node) ?? rest);
    group.push(ordinal);
  }
  groups.set("", rest);
  const places = new Map<number, Place>();
  const boxes: { name: string; x: number; y: number; width: number; height: number }[] = [];
  const many = [...groups.values()].reduce((most, group) => Math.max(most, group.length), 1);
  const columns = Math.max(1, Math.min(many, size === "card" ? 2 : size === "tile" ? 4 : 10));
  const pad = 12;
  const boxWidth = Math.max(columns * (w + gap) - gap + 2 * pad, 96);
  let [x, y, rowHeight, right] = [1, 8, 0, 0];
  for (const [name, group] of groups) {
    const rows = Math.max(1, Math.ceil(group.length / columns));
    const boxHeight = rows * (tall + gap) - gap + pad + 34;
    if (x > 1 && x + boxWidth > width) {
      [x, y, rowHeight] = [1, y + rowHeight + 12, 0];
    }
    boxes.push({ name, x, y, width: boxWidth, height: boxHeight });
    group.forEach((ordinal, index) => {
      places.set(ordinal, { x: x + pad + (index % columns) * (w + gap), y: y + 32 + Math.floor(index / columns) * (tall + gap) });
    });
    right = Math.max(right, x + boxWidth);
    x += boxWidth + 12;
    rowHeight = Math.max(rowHeight, boxHeight);
  }
  return { size, places, boxes, width: right + 1, height: y + rowHeight + 4 };
}

function byNumber(one: string, other: string): number {
  return one.localeCompare(other, "en", { numeric: true });
}
