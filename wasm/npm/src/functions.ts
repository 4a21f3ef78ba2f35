import * as glue from "../glue/steadfast.js";
import { call } from "./instance.js";
import { json, options as optionsOf, parsed, text, type Result } from "./result.js";
import type { PlanQuestion, Scenario } from "./scenario.js";
import type {
  Action,
  ActionRecord,
  AdmissionVerdict,
  Comparison,
  Diagnosis,
  Diff,
  DnsLookup,
  DnsNames,
  DnsSettings,
  Explanation,
  FeatureGates,
  Forecast,
  KubernetesObject,
  LeadsTo,
  Linted,
  Notice,
  Observation,
  Plan,
  Played,
  PolicyName,
  PolicyMode,
  RecordType,
  Runbook,
  Wait,
} from "./wire.js";

/** Which Kubernetes, and when. */
export interface Options {
  /** A version such as `1.34` or `1.35.0`; the newest one that is known unless it is given. */
  readonly kubernetes?: string;
  /** Feature gates that are not as the version has them. */
  readonly featureGates?: FeatureGates;
  /** The instant, such as `2026-11-21T00:00:00Z`; it goes before the observation's own. */
  readonly now?: string;
}

/**
 * What the StatefulSet controller would do next, and why, and what it waits for.
 *
 * ```ts
 * const plan = reconcile({ now: "2026-11-21T00:00:00Z", statefulSet, pods, persistentVolumeClaims, controllerRevisions });
 * if (plan.ok) for (const action of plan.value.actions) console.log(action.type, action.name);
 * ```
 */
export function reconcile(observation: Observation | string, options?: Options): Result<Plan> {
  const given = json(observation, "observation");
  const how = optionsOf(options);
  return parsed(call(() => glue.reconcile(given, how)));
}

/**
 * What a manifest or a change does to every Pod and claim, to the end, and how it ends.
 *
 * ```ts
 * const forecast = plan({ from: yamlBefore, objects: yamlAfter, kubernetes: "1.36" });
 * if (forecast.ok) console.log(forecast.value.outcome, forecast.value.seconds, forecast.value.pods.restarted);
 * ```
 */
export function plan(question: PlanQuestion | string): Result<Forecast> {
  const given = json(question, "question");
  return parsed(call(() => glue.plan(given)));
}

/**
 * The same question under several versions of Kubernetes: where the answers part, at which step, and which behaviour makes them
 * part. The question is one of `plan`, or a story; a version in it plays no part. A version is its name, or an object with feature
 * gates.
 *
 * ```ts
 * const compared = compare({ scenario: yaml }, ["1.35.0", "1.37"]);
 * if (compared.ok) for (const { sentence } of compared.value.partings) console.log(sentence);
 * ```
 */
export function compare(
  question: PlanQuestion | { readonly scenario: Scenario | string },
  versions: readonly (string | Omit<Options, "now">)[],
): Result<Comparison> {
  const isStory = typeof question === "object" && question !== null && "scenario" in question;
  const given = isStory ? json(question.scenario, "question.scenario") : json(question, "question");
  const which = json(versions, "versions");
  return parsed(call(() => glue.compare(given, isStory, which)));
}

/** Plays a story to its end: given as an object, or as YAML or JSON text. */
export function simulate(scenario: Scenario | string): Result<Played> {
  const given = json(scenario, "scenario");
  return parsed(call(() => glue.simulate(given)));
}

/** What {@link sentences} puts into words: an action of a plan, one of a trace, or a wait. */
export type Told = { readonly action: Action } | { readonly record: ActionRecord } | { readonly wait: Wait };

/**
 * Why actions are taken and what waits await, in the words that the command line has, one clause for each: `ordinal 2 is out
 * of range`, and for a wait what follows the word *waits*, `for Pod web-0 to be Running and Ready`.
 *
 * ```ts
 * const told = sentences(plan.waits.map((wait) => ({ wait })));
 * if (told.ok) for (const clause of told.value) console.log(`waits ${clause}`);
 * ```
 */
export function sentences(of: readonly Told[]): Result<readonly string[]> {
  const given = json(of, "of");
  return parsed(call(() => glue.sentences(given)));
}

/** The name of the ControllerRevision of a set's template, such as `web-6455bfb9c`: of a manifest, or of a set as it is. */
export function revisionName(set: KubernetesObject | string, options?: Options): Result<string> {
  const given = json(set, "set");
  const how = optionsOf(options);
  return parsed(call(() => glue.revisionName(given, how)));
}

/** A set in the form in which an API server stores it. */
export interface Canonical {
  /** The set, with its defaults. Fields that this Kubernetes does not know are still there. */
  readonly object: KubernetesObject;
  /** The paths of those fields, such as `spec.template.spec.containers[0].imgae`. */
  readonly unknown: readonly string[];
}

/** A set with every default that an API server of this version fills in, and in the form in which it stores it. */
export function canonical(set: KubernetesObject | string, options?: Options): Result<Canonical> {
  const given = json(set, "set");
  const how = optionsOf(options);
  return parsed(call(() => glue.canonical(given, how)));
}

/** What a text holds. */
export interface Contents {
  /** The objects, the items of lists too, each with the line on which it begins. */
  readonly objects: readonly { readonly object: KubernetesObject; readonly line?: number }[];
  /** What kubectl passes over in silence, such as a key that stands there twice. */
  readonly notices: readonly Notice[];
}

/** Reads YAML or JSON exactly as kubectl does: `0644` is 420, `y` is true, and so on. */
export function read(yaml: string): Result<Contents> {
  const given = text(yaml, "yaml");
  return parsed(call(() => glue.read(given)));
}

/** Which Kubernetes, and what is stored already. */
export interface LintOptions extends Omit<Options, "now"> {
  /** Manifests before the change, as text: their sets are judged as updates. */
  readonly from?: string;
}

/**
 * What an API server would say of the StatefulSets in a text: its errors and warnings in its own words, each with the span
 * that it is about and, where that can be said, what to do. A text that cannot be read has that as its finding.
 *
 * ```ts
 * const linted = lint(yaml, { kubernetes: "1.36" });
 * if (linted.ok) for (const { severity, message, span } of linted.value.findings) console.log(severity, span?.start.line, message);
 * ```
 */
export function lint(yaml: string, options?: LintOptions): Result<Linted> {
  const { from, ...rest } = options ?? {};
  const given = text(yaml, "yaml");
  const before = text(from ?? "", "from");
  const how = optionsOf(options && rest);
  return parsed(call(() => glue.lint(given, before, how)));
}

/** What an API server would store. */
export interface Stored {
  /** The set, with all defaults. What only a server can know is not made up. */
  readonly object: KubernetesObject;
  /** What the server would warn of. */
  readonly warnings: readonly string[];
  /** The paths of fields that are set and whose rules this release does not know: a server may refuse them. */
  readonly unchecked: readonly string[];
}

/**
 * What an API server would store for a StatefulSet, given as an object or as YAML or JSON text; what it would refuse is an
 * error with its causes, and their lines where there is a text. (`default` is a word of the language; the command line has
 * that name.)
 */
export function defaulted(set: KubernetesObject | string, options?: Omit<Options, "now">): Result<Stored> {
  const given = json(set, "set");
  const how = optionsOf(options);
  return parsed(call(() => glue.defaulted(given, how)));
}

/** The difference between two sets. */
export interface Difference extends Diff {
  /** What to do where the API server refuses the change because fields cannot be changed, and what speaks against it. */
  readonly runbook?: Runbook;
  /** What is wrong with the change, or worth knowing: claims that go, fields that cannot be changed, a rollout that nobody asked for. */
  readonly diagnoses: readonly Diagnosis[];
}

/**
 * What changes from one set to another, as an API server compares them: after defaulting, so that `1024Mi` and `1Gi` are the
 * same. Each change says whether it is allowed, whether it makes a new revision, and whether Pods restart. Both are objects,
 * or YAML or JSON text; spans are of the new text.
 *
 * ```ts
 * const difference = diff(yamlBefore, yamlAfter, { kubernetes: "1.36" });
 * if (difference.ok) for (const { field, allowed, restarts } of difference.value.changes) console.log(field, allowed, restarts);
 * ```
 */
export function diff(
  old: KubernetesObject | string,
  changed: KubernetesObject | string,
  options?: Omit<Options, "now">,
): Result<Difference> {
  const before = json(old, "old");
  const after = json(changed, "changed");
  const how = optionsOf(options);
  return parsed(call(() => glue.diff(before, after, how)));
}

/** What is observed of a cluster: an observation, its objects, or a text with them, YAML or JSON. */
export type Observed = Observation | readonly KubernetesObject[] | string;

/** Which Kubernetes, when, and what of it. */
export interface ExplainOptions extends Options {
  /** The set that is meant, `[NAMESPACE/]NAME`, where there are several. */
  readonly set?: string;
  /** False: the remedies are not played, which is quicker, and `leadsTo` is empty. */
  readonly play?: boolean;
}

/** Why a set is as it is, and what would help. */
export interface Explained extends Explanation {
  /** `NAMESPACE/NAME`. */
  readonly set: string;
  /** The instant; the newest one in what was observed, unless it was given. */
  readonly now: string;
  /** Which Kubernetes. */
  readonly kubernetes: string;
  /** What the remedies lead to that can be played: each was carried out in a simulation of what was observed. */
  readonly leadsTo: readonly LeadsTo[];
}

/**
 * How far a set has come, how each ordinal stands and what it waits for, what is wrong, what would help, and what that leads
 * to. What was not observed is unknown, and named in `unseen`.
 *
 * ```ts
 * const explained = explain(dump, { set: "shop/web" });
 * if (explained.ok) for (const { code, message, remedies } of explained.value.diagnoses) console.log(code, message, remedies);
 * ```
 */
export function explain(observed: Observed, options?: ExplainOptions): Result<Explained> {
  const { set, play, ...rest } = options ?? {};
  const given = json(observed, "observed");
  const of = text(set ?? "", "set");
  const how = optionsOf(options && rest);
  return parsed(call(() => glue.explain(given, of, play === false, how)));
}

/** How the cluster's DNS is configured, and which set is meant. */
export interface DnsOptions extends DnsSettings {
  /** The set that is meant, `[NAMESPACE/]NAME`, where there are several. */
  readonly set?: string;
}

/**
 * Whether the names of a set's Pods resolve, to what, and why not; and all records of its Services. With a manifest alone:
 * how it will be once the set is stable.
 *
 * ```ts
 * const names = dns(dump, { clusterDomain: "cluster.local" });
 * if (names.ok) for (const { name, resolves, message } of names.value.names) console.log(name, resolves, message);
 * ```
 */
export function dns(observed: Observed, options?: DnsOptions): Result<DnsNames> {
  const { set, ...settings } = options ?? {};
  const given = json(observed, "observed");
  const of = text(set ?? "", "set");
  const how = optionsOf(options && settings);
  return parsed(call(() => glue.dns(given, of, how)));
}

/** Who asks, and for what. */
export interface LookupOptions extends DnsOptions {
  /** The types of records; addresses, A and AAAA, unless it is given. */
  readonly types?: RecordType | readonly RecordType[];
  /** The Pod that asks, `[NAMESPACE/]NAME`; an ordinary one of the set's namespace unless it is given. */
  readonly from?: string;
}

/** What becomes of a name that a Pod asks for: each question that its resolver makes of it, the answers, and why there is none. */
export function lookup(observed: Observed, name: string, options?: LookupOptions): Result<DnsLookup> {
  const { set, types, from, ...settings } = options ?? {};
  const given = json(observed, "observed");
  const of = text(set ?? "", "set");
  const question = json({ name: text(name, "name"), types, from }, "options");
  const how = optionsOf(options && settings);
  return parsed(call(() => glue.lookup(given, of, question, how)));
}

/** What an API server asks: `request` of an AdmissionReview of `admission.k8s.io/v1`. What else is in one plays no part. */
export interface AdmissionRequest {
  readonly uid: string;
  readonly operation: "CREATE" | "UPDATE" | "DELETE" | "CONNECT";
  readonly resource: { readonly group?: string; readonly version?: string; readonly resource: string };
  /** `scale` for `kubectl scale` and autoscalers: then `object` and `oldObject` are Scales. */
  readonly subResource?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly object?: KubernetesObject | null;
  readonly oldObject?: KubernetesObject | null;
  /** Such as DeleteOptions with `propagationPolicy`. */
  readonly options?: KubernetesObject | null;
  readonly userInfo?: { readonly username?: string; readonly [field: string]: unknown };
  readonly dryRun?: boolean;
  readonly [field: string]: unknown;
}

/** An AdmissionReview, as an API server sends it. */
export interface AdmissionReview {
  readonly apiVersion: string;
  readonly kind: string;
  readonly request: AdmissionRequest;
}

/**
 * What stands around the set: an observation, of which any part may be absent. Its `statefulSet` is the stored set, which a request
 * for `scale` does not bring along; a list that is absent is not known, and what needs it warns and never denies.
 */
export type AdmissionContext = Partial<Observation>;

/** Which policies deny and which warn. P1, P2 and P3 deny and the others warn, unless something else is said. */
export interface AdmissionSettings {
  readonly policies?: { readonly [policy in PolicyName]?: PolicyMode };
  readonly namespaces?: { readonly exclude?: readonly string[] };
  /** Below how many replicas P10 objects to scaling in: a majority of those before, a number, or nowhere. */
  readonly quorum?: "off" | "majority" | number;
  /** Whether `patch` fills in a missing serviceName, where exactly one headless Service selects the Pods. */
  readonly fillServiceName?: boolean;
}

/**
 * What the policies of admission say of a request: whether it is let through, with what warnings, and what each policy objects to.
 * A webhook answers with it; `docs/admission.md` has the policies.
 *
 * ```ts
 * const verdict = review(admissionReview, { pods, persistentVolumeClaims }, { policies: { P9: "deny" } });
 * if (verdict.ok && !verdict.value.allowed) console.log(verdict.value.code, verdict.value.message);
 * ```
 */
export function review(
  request: AdmissionReview | AdmissionRequest | string,
  context?: AdmissionContext | string,
  settings?: AdmissionSettings | string,
  options?: Omit<Options, "now">,
): Result<AdmissionVerdict> {
  const given = json(request, "request");
  const around = context === undefined ? "" : json(context, "context");
  const which = settings === undefined ? "" : json(settings, "settings");
  const how = optionsOf(options);
  return parsed(call(() => glue.review(given, around, which, how)));
}

/** Writes a value as YAML, as `kubectl get -o yaml` does. */
export function write(value: unknown): Result<string> {
  const given = json(JSON.stringify(value), "value");
  return parsed(call(() => glue.write(given)));
}

/** What this build of Steadfast is. */
export interface About {
  readonly version: string;
  readonly kubernetes: {
    readonly newest: string;
    /** The versions that can be named, each standing for its newest patch release. */
    readonly versions: readonly string[];
    /** The releases between which behaviour changed. */
    readonly rows: readonly string[];
  };
  readonly features: readonly string[];
}

/** What this build of Steadfast is: its version, and the versions of Kubernetes that it knows. */
export function about(): About {
  const answer = parsed<About>(call(() => glue.about()));
  return (answer as Extract<Result<About>, { ok: true }>).value;
}
