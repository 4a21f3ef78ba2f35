import type { Comparison, Contents, Difference, DnsLookup, DnsNames, Explained, FeatureGates, KubernetesObject, Linted, Plan, Played, Problem, Scenario } from "steadfast";
import type { Clauses } from "../model/words.ts";

/** What the page asks of the worker that plays: the package with the small module. */
export interface Player {
  /** A story played to its end. */
  play: (scenario: Scenario) => Outcome<Screened>;
  /** The same as `steadfast simulate --trace json` prints it. */
  trace: (scenario: Scenario) => Outcome<string>;
  /** Everything that there is at an instant, and what the controller would do. */
  look: (scenario: Scenario, at: number, set: string) => Outcome<Look>;
  /** YAML or JSON read as kubectl reads it. */
  read: (yaml: string) => Outcome<Contents>;
  /** Values written as one YAML text. */
  write: (values: readonly unknown[]) => Outcome<string>;
}

/** What the page asks of the worker that judges manifests: the package with its own module. It is started with the editor. */
export interface Judge {
  lint: (yaml: string, version: Version) => Outcome<Linted>;
  diff: (old: string, changed: string, version: Version) => Outcome<Difference>;
  /** A story under several versions: where they part, and which behaviour makes them part. */
  compare: (scenario: Scenario, versions: readonly Version[]) => Outcome<Comparison>;
  /** Why a set is as it is, from everything that there is at an instant. */
  explain: (objects: readonly KubernetesObject[], set: string, when: When) => Outcome<Explained>;
  dns: (objects: readonly KubernetesObject[], set: string) => Outcome<DnsNames>;
  lookup: (objects: readonly KubernetesObject[], set: string, name: string, from: string | undefined) => Outcome<DnsLookup>;
}

/** A story that was played, the objects that it begins with, and the core's words for its reasons and waits. */
export interface Screened {
  readonly played: Played;
  readonly objects: readonly KubernetesObject[];
  readonly clauses: Clauses;
}

/** Which Kubernetes. */
export interface Version {
  readonly kubernetes: string;
  readonly featureGates: FeatureGates;
}

/** Which Kubernetes, and which instant. */
export interface When extends Version {
  readonly now: string;
}

export interface Look {
  readonly objects: readonly KubernetesObject[];
  readonly plan: Plan | null;
}

export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Problem };

type Calls<Service> = { [Name in keyof Service]: Service[Name] extends (...given: infer Given) => infer Answer ? { given: Given; answer: Answer } : never };

/** A question on its way to a worker. */
export interface Question {
  readonly id: number;
  readonly name: string;
  readonly given: readonly unknown[];
}

/** An answer on its way back. `thrown`: the page used the package in a wrong way, or the module cannot be had. */
export interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly thrown?: string;
}

/** The service as the page sees it: the same functions, later. */
export type Remote<Service> = {
  [Name in keyof Service]: (...given: Calls<Service>[Name]["given"]) => Promise<Calls<Service>[Name]["answer"]>;
};

/** What a worker that plays is given: the module, which the page has fetched and compiled once for all of them. */
export interface Equipment {
  readonly module: WebAssembly.Module;
}

/** Waits in a worker for its module. */
export function equipped(): Promise<WebAssembly.Module> {
  return new Promise((done) => addEventListener("message", ({ data }: MessageEvent<Equipment | Question>) => "module" in data && done(data.module)));
}

/** Answers questions in a worker: each in turn, once `ready` has come. */
export function serve<Service extends object>(service: Service, ready: Promise<void>): void {
  addEventListener("message", ({ data }: MessageEvent<Question | Equipment>) => {
    if (!("id" in data)) {
      return;
    }
    const { id, name, given } = data;
    ready
      .then(() => (service as Record<string, (...given: readonly unknown[]) => unknown>)[name]?.(...given))
      .then(
        (value) => postMessage({ id, value } satisfies Answer),
        (thrown: unknown) => postMessage({ id, thrown: thrown instanceof Error ? thrown.message : String(thrown) } satisfies Answer),
      );
  });
}
