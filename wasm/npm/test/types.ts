// What the types allow and what they refuse. Nothing here runs: TypeScript is the judge, under `strict` and with
// moduleResolution bundler and node16.

import type {
  Action,
  Behaviour,
  Cause,
  Failure,
  FaultRule,
  Forecast,
  KubernetesObject,
  Observation,
  Plan,
  Profile,
  Reason,
  Settings,
  StepAction,
  Trace,
  TraceEntry,
  Verdict,
  Wait,
} from "../src/wire.js";
import type { Objects, PlanQuestion, Scenario, ScenarioEvent, SimulationEvent } from "../src/scenario.js";

// Actions are told by `type`.

export function request(action: Action): { body?: unknown; uid?: string | undefined } {
  // @ts-expect-error: a DeletePod has no object
  action.object;
  switch (action.type) {
    case "CreatePod":
    case "UpdatePod":
    case "CreatePersistentVolumeClaim":
    case "UpdatePersistentVolumeClaim":
    case "CreateControllerRevision":
    case "UpdateControllerRevision": {
      const object: KubernetesObject = action.object;
      // @ts-expect-error: what is written whole has no patch
      action.patch;
      return { body: object };
    }
    case "AdoptPod":
    case "ReleasePod":
    case "AdoptControllerRevision":
      return { body: action.patch };
    case "DeletePod":
    case "DeleteControllerRevision": {
      // @ts-expect-error: the UID may be absent
      const uid: string = action.uid;
      return { uid: action.uid ?? uid };
    }
    // @ts-expect-error: there is no such action
    case "DeletePersistentVolumeClaim":
      return {};
    default:
      return never(action);
  }
}

// Reasons by `code`.

export function why(reason: Reason): string {
  switch (reason.code) {
    case "rollingUpdate":
    case "recreate":
      return `${reason.from} becomes ${reason.to}`;
    case "rollback": {
      const number: number = reason.from;
      return `revision ${number} becomes ${reason.to}`;
    }
    case "scaleDown":
      return (reason.ordinal + 1).toFixed();
    case "terminalPhase":
      // @ts-expect-error: a Pod that runs is not replaced
      return reason.phase === "Running" ? "" : reason.phase;
    case "claimRetention":
      return reason.condemned ? reason.whenScaled : reason.whenDeleted;
    case "podMismatch":
      return [reason.identity, reason.storage, reason.claimOwners].filter(Boolean).join();
    case "orphan":
      // @ts-expect-error: nothing more is said of an orphan
      return reason.revision;
    case "replicaMissing":
      return reason.revision;
    case "claimMissing":
      return reason.template;
    case "newTemplate":
      return reason.collisions.toFixed();
    case "historyLimit":
      return reason.limit.toFixed();
    case "selectorMismatch":
    case "nameMismatch":
      return reason.code;
    default:
      return never(reason);
  }
}

// Waits have one form.

export function until(wait: Wait): Date | undefined {
  if (wait.code === "podAvailable" && wait.until !== undefined) {
    return new Date(wait.until);
  }
  // @ts-expect-error: there is no such wait
  if (wait.code === "podReady") {
    return undefined;
  }
  const pods: string[] = wait.pods ?? [];
  return wait.retry || pods.length === 0 ? undefined : new Date(0);
}

// What happens is told by `type` too.

export function line(entry: TraceEntry): string {
  const at: number = entry.at;
  switch (entry.type) {
    case "action":
      return `${at} ${entry.action.type} ${entry.action.name} ${why(entry.action.reason)} ${entry.error?.status ?? ""}`;
    case "status":
      return `${at} ${entry.status.readyReplicas ?? 0} of ${entry.status.replicas}`;
    case "waits":
      return `${at} ${entry.waits.map((wait) => wait.name).join()}`;
    case "object":
      return `${at} ${entry.change} ${entry.kind} ${entry.name} ${entry.row?.status ?? ""}`;
    case "event":
      // @ts-expect-error: an event says whether it is a warning in `kind`
      return `${at} ${entry.change} ${entry.kind === "Warning" ? "!" : ""} ${entry.objectKind} ${entry.message}`;
    case "scenario":
      return `${at} ${JSON.stringify(entry.event)} ${entry.error ?? ""}`;
    default:
      return never(entry);
  }
}

export const lines = (trace: Trace): string[] => trace.map(line);

// Plans, forecasts and errors.

export function after(plan: Plan): number | undefined {
  // @ts-expect-error: nothing is due where it is absent
  const seconds: number = plan.requeueAfterSeconds;
  // @ts-expect-error: the status may be absent
  plan.status.replicas;
  return plan.statusChanged ? plan.requeueAfterSeconds : seconds;
}

export function summary(forecast: Forecast): string[] {
  const verdict: Verdict = forecast.verdict;
  const refused: StepAction[] = forecast.steps.flatMap((step) => step.actions.filter((action) => action.error));
  return [
    forecast.outcome,
    verdict.state,
    ...(verdict.blockers ?? []).map((blocker) => `${blocker.kind} ${blocker.name}: ${blocker.reason ?? ""}`),
    ...refused.map((action) => action.error?.reason ?? ""),
    `${forecast.pods.restarted} of ${forecast.podNames.restarted.join()}`,
  ];
}

export const places = (failure: Failure): string[] =>
  failure.causes.map((cause: Cause) => `${cause.field}: ${cause.type}: ${cause.line ?? 0}`);

// Objects: literals, what was parsed, and what a client library holds.

declare const parsed: unknown;
class Pod {
  apiVersion? = "v1";
  kind? = "Pod";
  metadata?: { name?: string; creationTimestamp?: Date; labels?: { [key: string]: string } };
  spec?: { containers: { name: string }[] };
}
interface List {
  items: readonly Pod[];
}
declare const list: List;

export const observation: Observation = {
  now: "2026-11-21T00:00:00Z",
  statefulSet: { apiVersion: "apps/v1", kind: "StatefulSet", metadata: { name: "web" }, spec: { replicas: 3 } },
  pods: list.items,
  persistentVolumeClaims: [],
  controllerRevisions: [{ metadata: { name: "web-1" }, revision: 1, data: {} }],
};
// @ts-expect-error: there is nothing to decide without a set
export const withoutSet: Observation = { pods: [] };
// @ts-expect-error: a time is a text
export const timed: Observation = { statefulSet: {}, now: new Date() };
// @ts-expect-error: a kind is a text
export const kindless: KubernetesObject = { kind: 3 };
// @ts-expect-error: what is unknown is no object
export const unchecked: KubernetesObject = parsed;

export const profile: Profile = { kubernetes: "1.37", featureGates: { MaxUnavailableStatefulSet: false } };
// @ts-expect-error: there is no such gate
export const ungated: Profile = { kubernetes: "1.37", featureGates: { MaxUnavailable: true } };

// Settings.

export const settings: Settings = {
  nodes: [{ name: "a", zone: "z1" }, { name: "b", pods: 5 }],
  storageClasses: [{ name: "slow", mode: "WaitForFirstConsumer", delay: "30s" }],
  crashBackOff: { limit: "1m" },
  watch: 0,
  behaviours: [
    { pods: "web-1", what: "slowTermination", for: "45s" },
    { image: "nginx:broken", what: "imageNeverPulls" },
    { pods: "web-2", what: "exits", phase: "Failed" },
  ],
};
export const counted: Settings = { nodes: 5 };
// @ts-expect-error: a span has a unit
export const unitless: Settings = { pull: 5 };
// @ts-expect-error: there is no such setting
export const misspelt: Settings = { node: 5 };
// @ts-expect-error: how long it takes must be said
export const endless: Behaviour = { pods: "web-1", what: "slowTermination" };
// @ts-expect-error: a crash takes no time
export const timedCrash: Behaviour = { pods: "web-1", what: "crash", for: "45s" };

// Stories: tests/cases/life/quota-refuses-then-lets-through.txt and others in one.

export const scenario: Scenario = {
  name: "quota",
  kubernetes: "1.37",
  settings: { nodes: 2, seed: 7 },
  objects: [observation.statefulSet],
  timeline: [
    { at: "0s", apiError: { verb: "create", kind: "Pod", name: "web-1", error: "quota", until: "5s" } },
    { at: "30s", image: { set: "web", image: "nginx:new" } },
    { at: "30s", node: { name: "node-2", state: "down" } },
    { at: 0, volumeStuck: "data-web-1" },
    { at: "60s", volumeFreed: { claim: "data-web-1" } },
    { at: "60s", delete: { kind: "StatefulSet", name: "web", cascade: "orphan" } },
    { at: "10m", deletePod: { name: "web-1", grace: 0 } },
    { at: "10m", slowTermination: { pod: "web-*", for: "45s" } },
    { at: "10m", clear: "all" },
    { at: "10m", tick: true },
  ],
  until: "1h",
};
export const ofText: Scenario = { objects: "kind: StatefulSet\n", timeline: [] };
// @ts-expect-error: in a story an event has its time
export const timeless: ScenarioEvent = { tick: true };
export const now: SimulationEvent = { tick: true };
// @ts-expect-error: one event, not none
export const eventless: ScenarioEvent = { at: "1s" };
// @ts-expect-error: one event, not two
export const twofold: ScenarioEvent = { at: "1s", evict: "web-0", crash: "web-1" };
// @ts-expect-error: there is no such event
export const unheardOf: ScenarioEvent = { at: "1s", explode: "web-0" };
// @ts-expect-error: how many there shall be must be said
export const unscaled: ScenarioEvent = { at: "1s", scale: { name: "web" } };
// @ts-expect-error: a node is up or down
export const halfway: ScenarioEvent = { at: "1s", node: { name: "node-1", state: "slow" } };

export function told(event: ScenarioEvent): string {
  if (event.scale) {
    return `${event.scale.name} ${event.scale.replicas}`;
  }
  return typeof event.evict === "string" ? event.evict : (event.evict?.name ?? "");
}

// Questions.

const rule: FaultRule = { error: "timeoutAfterWrite", times: 1 };
const text: Objects = "kind: StatefulSet\n";
export const questions: PlanQuestion[] = [
  {},
  { objects: text, from: "kind: StatefulSet\n", observed: list.items, set: "default/web" },
  { objects: { kind: "List", items: [] }, apiErrors: [rule], until: "1h", now: "2026-11-21T00:00:00Z" },
  { observed: "items: []", delete: true },
  { observed: [], delete: { cascade: "foreground" }, settings: { nodes: 1 }, featureGates: {} },
];
// @ts-expect-error: there is no such field
export const misasked: PlanQuestion = { object: text };
// @ts-expect-error: dependents go in the background, in the foreground, or stay
export const deletion: PlanQuestion = { delete: { cascade: "background-ish" } };

function never(nothing: never): never {
  throw new Error(JSON.stringify(nothing));
}
