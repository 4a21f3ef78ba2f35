import { isStuck } from "../model/sentence.ts";
import type { Pod } from "../model/world.ts";

/** How a Pod looks: a colour and a shape, so that neither says it alone. */
export type Look = "missing" | "pending" | "starting" | "unready" | "ready" | "terminating" | "stuck" | "done";

/** How a Pod at the cursor looks. */
export function lookOf(pod: Pod | undefined): Look {
  if (pod === undefined) {
    return "missing";
  }
  if (pod.terminating) {
    return "terminating";
  }
  if (pod.phase === "Failed" || isStuck(pod.status)) {
    return "stuck";
  }
  if (pod.phase === "Succeeded") {
    return "done";
  }
  if (pod.isReady) {
    return "ready";
  }
  return pod.phase === "Running" ? "unready" : pod.node === undefined ? "pending" : "starting";
}

/** The words for people who do not see it. */
export const WORDS: Record<Look, string> = {
  missing: "not there",
  pending: "pending, without a node",
  starting: "starting",
  unready: "running, not ready",
  ready: "ready",
  terminating: "terminating",
  stuck: "in trouble",
  done: "completed",
};

/** The shape, in a box of 16 by 16. */
export const SHAPES: Record<Look, string> = {
  missing: "",
  pending: "M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 1 1 0-11Zm0 2a3.5 3.5 0 1 0 0 7a3.5 3.5 0 1 0 0-7Z",
  starting: "M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 1 1 0-11Zm0 2v7a3.5 3.5 0 1 0 0-7Z",
  unready: "M8 1.5L14.5 8L8 14.5L1.5 8ZM8 4.3L4.3 8L8 11.7L11.7 8Z",
  ready: "M8 2a6 6 0 1 1 0 12a6 6 0 1 1 0-12Z",
  terminating: "M1.8 4h12.4L8 13.5Z",
  stuck: "M3.6 2L8 6.4L12.4 2L14 3.6L9.6 8L14 12.4L12.4 14L8 9.6L3.6 14L2 12.4L6.4 8L2 3.6Z",
  done: "M2.5 8.2L4 6.6L6.7 9.3L12.2 3.6L13.7 5.1L6.7 12.4Z",
};
