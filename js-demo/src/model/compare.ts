import type { Played } from "steadfast";
import { Film, podsOf } from "./world.ts";
import type { SetSpec } from "./set.ts";
import { clockOf } from "./story.ts";

/** A life in figures, to be put beside another. */
export interface Figures {
  readonly outcome: string;
  readonly took: string;
  readonly actions: number;
  readonly created: number;
  readonly deleted: number;
  readonly refused: number;
  readonly leastReady: string;
}

/** What a life comes to, from an instant on. */
export function figuresOf(played: Played, film: Film, set: SetSpec | undefined, from: number): Figures {
  let [actions, created, deleted, refused] = [0, 0, 0, 0];
  let least = Infinity;
  let last = 0;
  played.trace.forEach((entry, index) => {
    if (entry.at < from) {
      return;
    }
    if (entry.type === "action") {
      actions += 1;
      created += entry.action.type === "CreatePod" && entry.error === undefined ? 1 : 0;
      deleted += entry.action.type === "DeletePod" && entry.error === undefined ? 1 : 0;
      refused += entry.error === undefined ? 0 : 1;
      last = entry.at;
    }
    if (entry.type === "object" && entry.kind === "Pod" && set !== undefined) {
      last = entry.change === "changed" && entry.row?.status !== "Running" ? last : Math.max(last, entry.at);
      const ready = [...podsOf(film.at(index + 1), set).values()].filter((pod) => pod.isReady && !pod.terminating).length;
      least = Math.min(least, ready);
    }
  });
  const end = played.ends.find((one) => one.set.name === set?.name) ?? played.ends[0];
  return {
    outcome: end === undefined ? "no set" : end.verdict.deleted === true ? "deleted" : end.verdict.state,
    took: clockOf(Math.max(0, last - from)),
    actions,
    created,
    deleted,
    refused,
    leastReady: Number.isFinite(least) ? String(least) : "as before",
  };
}

/** The instant at which two lives part; `undefined` where they are the same. */
export function partingOf(one: Played, other: Played): number | undefined {
  const length = Math.max(one.trace.length, other.trace.length);
  for (let index = 0; index < length; index += 1) {
    const [left, right] = [one.trace[index], other.trace[index]];
    if (JSON.stringify(left) !== JSON.stringify(right)) {
      return Math.min(left?.at ?? Infinity, right?.at ?? Infinity);
    }
  }
  return undefined;
}
