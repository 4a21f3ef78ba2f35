import type { ActionRecord, End, Reason, TraceEntry, Wait } from "steadfast";
import type { Film, World } from "./world.ts";
import { podsOf } from "./world.ts";
import { keyOf, type SetSpec } from "./set.ts";
import { clockOf } from "./story.ts";
import { reasonOf, waitOf } from "./words.ts";

/** How things stand, as a colour has it. */
export type Tone = "calm" | "working" | "available" | "waiting" | "blocked";

/** The large sentence: what the controller does at the cursor, or what it waits for. */
export interface Sentence {
  readonly tone: Tone;
  readonly text: string;
  /** Why, and since when. */
  readonly detail: string;
  /** The object that is awaited or worked on. */
  readonly pod?: string;
  /** The Pod that is held back by it. */
  readonly held?: string;
  /** The field of the set's spec that is responsible. */
  readonly field?: string;
}

type ActionEntry = Extract<TraceEntry, { type: "action" }>;

/** What an action does, such as `Creates Pod web-0`. */
export function actOf(action: Pick<ActionRecord, "type" | "name">): string {
  const [, verb = "", kind = ""] = /^(Create|Update|Delete|Adopt|Release)(.*)$/.exec(action.type) ?? [];
  return `${verb}s ${objectOf(kind, action.name)}`;
}

/** An object as people call it. */
export function objectOf(kind: string, name: string): string {
  const words: Record<string, string> = { PersistentVolumeClaim: "claim", ControllerRevision: "revision" };
  return `${words[kind] ?? kind} ${name}`;
}

/** The field that is responsible, where one is. */
export function fieldOf(code: Reason["code"] | Wait["code"], spec?: SetSpec): string | undefined {
  const ordered = spec?.policy === "OrderedReady" ? "spec.podManagementPolicy" : "spec.template.spec.containers[0].readinessProbe";
  const fields: Partial<Record<Reason["code"] | Wait["code"], string>> = {
    replicaMissing: "spec.replicas",
    scaleDown: "spec.replicas",
    rollingUpdate: "spec.template",
    recreate: "spec.updateStrategy",
    newTemplate: "spec.template",
    rollback: "spec.template",
    claimMissing: "spec.volumeClaimTemplates",
    claimRetention: "spec.persistentVolumeClaimRetentionPolicy",
    historyLimit: "spec.revisionHistoryLimit",
    selectorMismatch: "spec.selector",
    orphan: "spec.selector",
    podRunningAndReady: ordered,
    podAvailable: "spec.minReadySeconds",
    podTermination: "spec.template.spec.terminationGracePeriodSeconds",
    partition: "spec.updateStrategy.rollingUpdate.partition",
    maxUnavailable: "spec.updateStrategy.rollingUpdate.maxUnavailable",
    maxUnavailableInvalid: "spec.updateStrategy.rollingUpdate.maxUnavailable",
    manualDelete: "spec.updateStrategy",
    strategyDisabled: "spec.updateStrategy",
    selectorInvalid: "spec.selector",
  };
  return fields[code];
}

/** Waits at which a rollout may rest for good, and all is well. */
const RESTING: ReadonlySet<Wait["code"]> = new Set(["partition", "manualDelete"]);

/** The sentence at a cursor. */
export function sentenceOf(film: Film, world: World, set: SetSpec | undefined, end: End | undefined, epoch: number, now: number): Sentence {
  if (set === undefined) {
    return world.entries === 0
      ? { tone: "calm", text: "Nothing has happened yet.", detail: "Press play." }
      : { tone: "calm", text: "There is no StatefulSet.", detail: "It is gone, or the manifests hold none." };
  }
  if (world.entries === 0) {
    return { tone: "calm", text: promise(set), detail: "Press play, or Space." };
  }
  const acted = actionsAt(film, world, set, now);
  const first = acted[0];
  const isEnd = world.entries === film.trace.length;
  if (first !== undefined && !(isEnd && end?.outcome === "blocked")) {
    return told(film, acted, first, set);
  }
  const said = world.said.get(keyOf(set.namespace, set.name));
  const wait = said?.waits.find(({ code }) => !RESTING.has(code)) ?? said?.waits[0];
  if (wait !== undefined && said !== undefined) {
    return waited(waitOf(film.clauses, wait, epoch), wait, since(said.since, now), world, set, isEnd && end?.outcome === "blocked");
  }
  if (isEnd && end?.outcome === "blocked") {
    const blocker = end.verdict.blockers?.[0];
    const text = blocker === undefined ? "Nothing goes on by itself." : `Blocked by ${objectOf(blocker.kind, blocker.name)}: ${blocker.reason ?? "it is in the way"}.`;
    return { tone: "blocked", text, detail: blocker?.message ?? "", ...(blocker?.kind === "Pod" && { pod: blocker.name }) };
  }
  const pods = [...podsOf(world, set).values()];
  const ready = pods.filter((pod) => pod.isReady && !pod.terminating).length;
  const isDone = ready === set.replicas && pods.length === set.replicas;
  return isDone
    ? { tone: "available", text: "Nothing to do.", detail: `${ready} of ${set.replicas} Pods are ready${isEnd && end?.verdict.state === "stable" ? ", and the set is stable" : ""}.` }
    : { tone: "working", text: "Looks at the set.", detail: `${ready} of ${set.replicas} Pods are ready.` };
}

/** The actions on a set at the instant of the cursor, oldest first. */
function actionsAt(film: Film, world: World, set: SetSpec, now: number): ActionEntry[] {
  const acted: ActionEntry[] = [];
  for (let index = world.entries - 1; index >= 0; index -= 1) {
    const entry = film.trace[index];
    // A call takes milliseconds: what one plan does belongs together. In the silence after it the wait is what matters.
    if (entry === undefined || world.at - entry.at > 20 || now - entry.at > 500) {
      break;
    }
    if (entry.type === "action" && entry.set.name === set.name && entry.set.namespace === set.namespace) {
      acted.push(entry);
    }
  }
  return acted.reverse();
}

function told(film: Film, acted: readonly ActionEntry[], first: ActionEntry, set: SetSpec): Sentence {
  const telling = acted.findLast((entry) => entry.action.type.endsWith("Pod")) ?? acted.at(-1) ?? first;
  const { action, error } = telling;
  const others = acted.length - 1;
  const field = fieldOf(action.reason.code, set);
  const pod = action.pod ?? (action.type.endsWith("Pod") ? action.name : undefined);
  return {
    tone: error === undefined ? "working" : "blocked",
    text: `${actOf(action)}${others > 0 ? `, and ${others} more` : ""}.`,
    detail: error === undefined ? `${capital(reasonOf(film.clauses, action))}.` : `Refused: ${error.reason}: ${error.message}`,
    ...(pod !== undefined && { pod }),
    ...(field !== undefined && { field }),
  };
}

function waited(clause: string, wait: Wait, since: string, world: World, set: SetSpec, isBlocked: boolean): Sentence {
  const pod = wait.kind === "Pod" ? world.pods.get(keyOf(set.namespace, wait.name)) : undefined;
  const field = fieldOf(wait.code, set);
  const node = world.nodes.get(pod?.node ?? "");
  const isLost = node !== undefined && node.state !== "up";
  const stuck = isStuck(pod?.status) || isBlocked || isLost;
  const state = isLost ? `${node.name} is down: nobody can say whether ${wait.name} still runs. ` : pod === undefined || wait.code === "podTermination" ? "" : `${wait.name} is ${pod.status}${pod.trouble === undefined ? "" : `: ${pod.trouble}`}. `;
  const isResting = RESTING.has(wait.code);
  return {
    tone: isResting ? "available" : stuck ? "blocked" : "waiting",
    text: `Waits ${clause}.`,
    detail: `${state}${isBlocked && !isResting ? "Nothing goes on by itself" : "For"} ${isBlocked && !isResting ? `since ${since} ago` : since}.`,
    ...(wait.kind === "Pod" && wait.name !== set.name && { pod: wait.name }),
    ...((wait.pod ?? next(world, set, wait)) !== undefined && { held: wait.pod ?? next(world, set, wait) }),
    ...(field !== undefined && { field }),
  };
}

/** The Pod that would be made next, where the wait names none. */
function next(world: World, set: SetSpec, wait: Wait): string | undefined {
  if (wait.kind !== "Pod" || RESTING.has(wait.code)) {
    return undefined;
  }
  for (let ordinal = set.start; ordinal < set.start + set.replicas; ordinal += 1) {
    const name = `${set.name}-${ordinal}`;
    if (name !== wait.name && !world.pods.has(keyOf(set.namespace, name))) {
      return name;
    }
  }
  return undefined;
}

/** Whether a Pod of this STATUS does not come right by waiting alone. */
export function isStuck(status: string | undefined): boolean {
  return status !== undefined && /BackOff|ErrImagePull|Error|Invalid|Failed|Evicted/.test(status);
}

function promise(set: SetSpec): string {
  const count = set.replicas;
  if (count === 0) {
    return `${set.name} asks for no Pods.`;
  }
  const pods = count === 1 ? `${set.name}-${set.start} will be created` : `${set.name}-${set.start} to ${set.name}-${set.start + count - 1} will be created`;
  return count === 1 ? `${pods}.` : `${pods}, ${set.policy === "Parallel" ? "all at once" : "each when the one before is ready"}.`;
}

function since(start: number, now: number): string {
  return clockOf(Math.max(0, now - start));
}

/** A clause as the beginning of a sentence. */
export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
