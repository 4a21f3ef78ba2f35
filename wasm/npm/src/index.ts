/// <reference lib="esnext.disposable" preserve="true" />
/** Steadfast: Kubernetes' StatefulSet controller as a library. What every entry of the package exports. */

export { about, canonical, compare, defaulted, diff, dns, explain, lint, lookup, plan, read, reconcile, review, revisionName, sentences, simulate, write } from "./functions.js";
export type {
  About,
  AdmissionContext,
  AdmissionRequest,
  AdmissionReview,
  AdmissionSettings,
  Canonical,
  Contents,
  Difference,
  DnsOptions,
  Explained,
  ExplainOptions,
  LintOptions,
  LookupOptions,
  Observed,
  Options,
  Stored,
  Told,
} from "./functions.js";
export type { CompiledModule, Source, SyncSource } from "./instance.js";
export { ObservationHandle, type ObservedKind } from "./observation.js";
export { SteadfastError, type Misuse, type Problem, type Result } from "./result.js";
export type * from "./scenario.js";
export { Simulation, type Moment, type SetState, type Snapshot } from "./simulation.js";
export { text } from "./text.js";
export type * from "./wire.js";
