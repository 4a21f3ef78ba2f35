import type { ActionRecord, Told, TraceEntry, Wait } from "steadfast";
import { clockOf } from "./story.ts";

/** The clauses of a trace's reasons and waits, each under its {@link keyOfTold}: the core says them, and this page nothing else. */
export type Clauses = ReadonlyMap<string, string>;

/** What the core is asked to put into words. */
export function toldOf(trace: readonly TraceEntry[]): ReadonlyMap<string, Told> {
  const told = new Map<string, Told>();
  const add = (one: Told): void => {
    const key = keyOfTold(one);
    told.has(key) || told.set(key, one);
  };
  for (const entry of trace) {
    if (entry.type === "action") {
      add({ record: entry.action });
    } else if (entry.type === "waits") {
      entry.waits.forEach((wait) => add({ wait }));
    }
  }
  return told;
}

/** Why an action is taken, as a clause. */
export function reasonOf(clauses: Clauses, record: ActionRecord): string {
  return clauses.get(keyOfTold({ record })) ?? record.reason.code;
}

/** What is waited for, as a clause after *waits*; instants are told in virtual time, as everywhere on the page. */
export function waitOf(clauses: Clauses, wait: Wait, epoch: number): string {
  const clause = clauses.get(keyOfTold({ wait })) ?? wait.code;
  return wait.until === undefined ? clause : clause.replace(wait.until, clockOf(Date.parse(wait.until) - epoch));
}

/** Actions of one type and one reason are told in the same words. */
function keyOfTold(told: Told): string {
  return "wait" in told ? JSON.stringify(told.wait) : "record" in told ? `${told.record.type} ${JSON.stringify(told.record.reason)}` : "";
}
