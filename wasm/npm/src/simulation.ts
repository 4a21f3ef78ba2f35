import * as glue from "../glue/steadfast.js";
import { Handle } from "./handle.js";
import { call, check } from "./instance.js";
import { json, parsed, SteadfastError, type Result } from "./result.js";
import type { Scenario, SimulationEvent } from "./scenario.js";
import type { End, KubernetesObject, Plan, Status, TraceEntry, Wait } from "./wire.js";

/** Where a simulation stands. */
export interface Moment {
  /** Milliseconds of virtual time. */
  readonly at: number;
  /** The same as an instant. */
  readonly now: string;
  /** How many entries the trace has. */
  readonly entries: number;
}

/** What the controller knows of a set. */
export interface SetState {
  readonly namespace: string;
  readonly name: string;
  readonly status: Status | null;
  readonly waits: readonly Wait[];
  /** How often in a row it could not be dealt with. */
  readonly failures: number;
  /** Since when nothing is left to do and all Pods are available, in milliseconds of virtual time. */
  readonly stableSince: number | null;
}

/** A simulation as data: its scenario, and what was called since. The same data give the same state, on any machine. */
export interface Snapshot {
  readonly steadfast: "simulation/1";
  readonly scenario: Scenario | string;
  readonly calls: readonly Call[];
}

type Call =
  | { readonly apply: KubernetesObject | readonly KubernetesObject[] }
  | { readonly event: SimulationEvent }
  | { readonly step: number }
  | { readonly run: { readonly until?: string } }
  | { readonly advance: string };

/**
 * A cluster in memory, with its virtual clock: tell it what happens, step or run it, fork it, and look at everything.
 *
 * ```ts
 * const begun = Simulation.begin({ objects: [statefulSet] });
 * if (begun.ok) {
 *   using simulation = begun.value;
 *   simulation.run();
 *   simulation.event({ crash: "web-1" });
 *   simulation.advance("5m");
 *   console.log(simulation.sets());
 * }
 * ```
 */
export class Simulation {
  readonly #handle: Handle<glue.Simulation>;
  readonly #scenario: string;
  #calls: string[];

  private constructor(resident: glue.Simulation, scenario: string, calls: string[]) {
    this.#handle = new Handle(resident, () => this.#again());
    this.#scenario = scenario;
    this.#calls = calls;
  }

  /** Begins a story: a scenario as an object, or as YAML or JSON text. Its timeline is in store. */
  static begin(scenario: Scenario | string): Result<Simulation> {
    return Simulation.#open(json(scenario, "scenario"), []);
  }

  /** Puts a simulation back as it stood when the snapshot was taken: all that was called is called again. */
  static restore(snapshot: Snapshot): Result<Simulation> {
    if (snapshot?.steadfast !== "simulation/1" || !Array.isArray(snapshot.calls)) {
      throw new SteadfastError("wrongArgument", "`snapshot` is not what `Simulation.snapshot()` gave");
    }
    const calls = snapshot.calls.map((made) => json(made, "snapshot.calls"));
    return Simulation.#open(json(snapshot.scenario, "snapshot.scenario"), calls);
  }

  static #open(scenario: string, calls: string[]): Result<Simulation> {
    check();
    const resident = new glue.Simulation();
    const make = (): string => {
      let answer = resident.begin(scenario);
      for (const made of calls) {
        if (answer.startsWith('{"ok":false')) {
          break;
        }
        answer = resident.call(made);
      }
      return answer;
    };
    const begun = parsed<Moment>(call(make));
    if (begun.ok) {
      return { ok: true, value: new Simulation(resident, scenario, calls) };
    }
    if (begun.error.code !== "trap") {
      resident.free();
    }
    return begun;
  }

  /** Applies manifests, as `kubectl apply` does. */
  apply(objects: KubernetesObject | readonly KubernetesObject[]): Result<Moment> {
    return this.#call({ apply: objects });
  }

  /** Lets something happen: now, or later where it has `at`. Where it cannot take place, the trace says why. */
  event(event: SimulationEvent): Result<Moment> {
    return this.#call({ event });
  }

  /** Goes on to the next instant at which something happens, so many times. `more`: whether anything is left to happen. */
  step(times = 1): Result<Moment & { readonly more: boolean }> {
    return this.#call({ step: times });
  }

  /** Runs until nothing new can happen by itself, at most until a virtual time such as `"1h"`. */
  run(until?: string): Result<Moment & { readonly ending: "rest" | "repeats" | "timeUp" }> {
    return this.#call({ run: until === undefined ? {} : { until } });
  }

  /** Lets a span of virtual time pass, such as `"30s"`. */
  advance(span: string): Result<Moment> {
    return this.#call({ advance: span });
  }

  /** A second simulation that stands where this one does, and goes its own way from here. */
  fork(): Result<Simulation> {
    const resident = this.#handle.resident();
    let fork: glue.Simulation | undefined;
    const answer = parsed<null>(
      call(() => {
        fork = resident.fork();
        return '{"ok":true,"value":null}';
      }),
    );
    if (fork === undefined) {
      return answer as Result<never>;
    }
    return { ok: true, value: new Simulation(fork, this.#scenario, [...this.#calls]) };
  }

  /** This simulation as data, to be stored or shared. */
  snapshot(): Snapshot {
    const calls = this.#calls.map((made) => JSON.parse(made) as Call);
    return { steadfast: "simulation/1", scenario: this.#scenario, calls };
  }

  /** Where it stands. */
  moment(): Result<Moment> {
    return this.#ask({ now: {} });
  }

  /** What has happened, from this entry on. */
  trace(from = 0): Result<readonly TraceEntry[]> {
    return this.#ask({ trace: from });
  }

  /** The objects, of one kind or of all. */
  objects(of: { readonly kind?: string; readonly namespace?: string } = {}): Result<readonly KubernetesObject[]> {
    return this.#ask({ objects: of });
  }

  /** What the controller knows of each set. */
  sets(): Result<readonly SetState[]> {
    return this.#ask({ sets: {} });
  }

  /** What the controller would do for a set, `[NAMESPACE/]NAME`, if it looked at it now. */
  plan(set: string): Result<Plan> {
    return this.#ask({ plan: set });
  }

  /** How each set stands, as at the end of a story. */
  ends(): Result<readonly End[]> {
    return this.#ask({ ends: {} });
  }

  /** Gives its memory back; it cannot be used any more. Doing so again does nothing. */
  dispose(): void {
    this.#handle.dispose();
  }

  /** For `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  #again(): glue.Simulation {
    const resident = new glue.Simulation();
    resident.begin(this.#scenario);
    for (const made of this.#calls) {
      resident.call(made);
    }
    return resident;
  }

  #call<T>(made: Call): Result<T> {
    const given = json(made, "call");
    const answer = parsed<T>(this.#handle.ask((resident) => resident.call(given)));
    if (answer.ok) {
      this.#keep(made, given);
    }
    return answer;
  }

  /** Steps in a row are kept as one call. */
  #keep(made: Call, given: string): void {
    const last = this.#calls.at(-1);
    const before = last === undefined || !("step" in made) ? undefined : (JSON.parse(last) as Call);
    if (before !== undefined && "step" in before && "step" in made) {
      this.#calls[this.#calls.length - 1] = JSON.stringify({ step: before.step + made.step });
    } else {
      this.#calls.push(given);
    }
  }

  #ask<T>(question: object): Result<T> {
    const given = JSON.stringify(question);
    return parsed(this.#handle.ask((resident) => resident.ask(given)));
  }
}
