// A story as a case of `tests/cases`: its input, and what happens in it as the cases tell it. What this says is held against
// `tests/src/cases/life.rs`, which plays the exported cases again.

import type { End, Played, Refusal, Status, TraceEntry } from "steadfast";
import { reasonOf, type Clauses } from "./words.ts";

/** A whole case: `input` is the scenario as YAML, with a timeline. */
export function caseOf(description: string, input: string, played: Played, clauses: Clauses): string {
  const about = description.trim() || "A story from the playground.";
  const comment = about.split("\n").map((line) => `# ${line}`.trimEnd());
  return `${comment.join("\n")}\n# Source: a story from the playground.\n${input}----\n${narrated(played, clauses)}`;
}

/** What happens, line by line: what is new is told, what goes round in circles once. */
export function narrated({ trace, ends, at }: Played, clauses: Clauses): string {
  const narrator = new Narrator(clauses);
  trace.forEach((entry) => narrator.tell(entry));
  const last = ends.length === 0 ? ["=== no set is left"] : ends.map((end) => ending(end, at));
  return withoutUids([...narrator.lines, ...last].map((line) => `${line}\n`).join(""));
}

class Narrator {
  readonly lines: string[] = [];
  readonly #clauses: Clauses;
  /** What was said of each object since it was made. */
  readonly #said = new Map<string, string[]>();
  /** How often each action was refused in a row. */
  readonly #refusals = new Map<string, number>();
  readonly #warned = new Set<string>();
  #waits: readonly string[] = [];

  constructor(clauses: Clauses) {
    this.#clauses = clauses;
  }

  tell(entry: TraceEntry): void {
    switch (entry.type) {
      case "action": {
        const { action, error } = entry;
        const what = `${action.type} ${action.name}: ${reasonOf(this.#clauses, action)}`;
        const times = this.#refusals.get(what) ?? 0;
        if (error === undefined ? times < 2 : times === 0) {
          this.#line(entry.at, `${what}${refused(error)}`);
        } else if (error === undefined) {
          this.#line(entry.at, `${what}; was refused ${times} times`);
        }
        this.#refusals.set(what, error === undefined ? 0 : times + 1);
        return;
      }
      case "status":
        entry.error && this.#line(entry.at, `${statusText(entry.status)}${refused(entry.error)}`);
        return;
      case "waits": {
        const now = entry.waits.map((wait) => this.#clauses.get(JSON.stringify(wait)) ?? wait.code);
        const news = now.filter((wait) => !this.#waits.includes(wait));
        news.forEach((wait) => this.#line(entry.at, `waits ${wait}`));
        this.#waits = now;
        return;
      }
      case "object":
        return this.#object(entry);
      case "event": {
        const text = `${entry.component} on ${entry.objectKind} ${entry.name}: ${entry.reason}: ${entry.message}`;
        entry.kind === "Warning" && !this.#warned.has(text) && this.#line(entry.at, `warning ${text}`);
        this.#warned.add(text);
        return;
      }
      case "scenario": {
        const { at: _, ...event } = entry.event as Record<string, unknown>;
        const applied = event.apply as { readonly kind?: string; readonly metadata?: { readonly name?: string } } | undefined;
        const told = applied === undefined ? event : { ...event, apply: `${applied.kind} ${applied.metadata?.name}` };
        this.#line(entry.at, `--- ${flow(told)}${entry.error === undefined ? "" : `; impossible: ${entry.error}`}`);
      }
    }
  }

  /** Pods as kubectl prints them, claims and sets by what becomes of them. */
  #object(entry: Extract<TraceEntry, { type: "object" }>): void {
    const { at, kind, name, change, row, phase = "", terminating = false } = entry;
    let state: string;
    if (row) {
      state = row.status === "Terminating" ? row.status : `${row.ready} ${row.status}`;
    } else if (kind === "PersistentVolumeClaim") {
      state = terminating ? `${phase}, terminating` : phase;
    } else if (kind === "StatefulSet") {
      state = terminating ? "terminating" : "";
    } else {
      return;
    }
    const key = `${kind} ${name}`;
    if (change === "gone") {
      this.#said.delete(key);
      return this.#line(at, `${key} is gone`);
    }
    // Who creates an object has just said so.
    const isFirst = change === "created" && state.endsWith("Pending");
    const said = this.#said.get(key) ?? [];
    this.#said.set(key, said);
    const isLast = said.at(-1) === state;
    const isNews = !said.includes(state) || (!isLast && state.endsWith(" Running"));
    isLast || said.push(state);
    if (isNews && !isFirst && state !== "") {
      this.#line(at, `${key}: ${state}`);
    }
  }

  #line(at: number, text: string): void {
    const time = `${Math.floor(at / 1_000)}.${String(at % 1_000).padStart(3, "0")}`;
    this.lines.push(`${time.padStart(9)}  ${text.replaceAll("\n", "\n           ")}`);
  }
}

function ending({ set, outcome, verdict }: End, at: number): string {
  const blockers = (verdict.blockers ?? []).map(({ kind, name, reason, message }) => `; ${[`${kind} ${name}`, reason, message].filter(Boolean).join(": ")}`);
  return [
    `=== ${set.name}: ${outcome}`,
    outcome === verdict.state ? "" : `, ${verdict.state}`,
    verdict.deleted === true ? ", deleted" : "",
    (verdict.pods ?? []).length > 0 ? ` (${verdict.pods?.join(", ")})` : "",
    ...blockers,
    // At rest it does not matter when the last timer was due.
    outcome === "unfinished" ? ` after ${Math.floor(at / 1_000)} s` : "",
  ].join("");
}

function refused(error: Refusal | undefined): string {
  return error === undefined ? "" : `; refused: ${error.status} ${error.reason}: ${error.message}${error.wasApplied === true ? ", though it was done" : ""}`;
}

function statusText(status: Status): string {
  const count = (field: keyof Status): number => Number(status[field] ?? 0);
  const collisions = count("collisionCount");
  const conditions = (status.conditions ?? []) as readonly Readonly<Record<string, string | undefined>>[];
  return [
    `status: replicas ${count("replicas")}, ready ${count("readyReplicas")}, available ${count("availableReplicas")}, current ${count("currentReplicas")}, updated ${count("updatedReplicas")}; current ${status.currentRevision ?? ""}, update ${status.updateRevision ?? ""}${collisions === 0 ? "" : `; collisions ${collisions}`}`,
    ...conditions.map(({ type = "", status: is = "", reason = "", message = "", lastTransitionTime = "" }) => `  ${type} ${is}: ${reason}, ${message}${lastTransitionTime === "" ? "" : `, since ${lastTransitionTime}`}`),
  ].join("\n");
}

/** A value as YAML writes it on one line. */
function flow(value: unknown, isInner = false): string {
  if (Array.isArray(value)) {
    return `[${value.map((item) => flow(item, true)).join(", ")}]`;
  }
  if (typeof value !== "object" || value === null) {
    return String(value);
  }
  const fields = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)).map(([key, of]) => `${key}: ${flow(of, true)}`);
  return isInner ? `{${fields.join(", ")}}` : fields.join(", ");
}

/** UIDs stand in the API server's sentences, and mean nothing. */
function withoutUids(text: string): string {
  return text.replace(/[0-9a-fA-F-]+/g, (word) => (/^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/.test(word) ? "UID" : word));
}
