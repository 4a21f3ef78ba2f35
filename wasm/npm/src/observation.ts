import * as glue from "../glue/steadfast.js";
import type { Options } from "./functions.js";
import { Handle } from "./handle.js";
import { call, check } from "./instance.js";
import { json, options as optionsOf, parsed, text, type Result } from "./result.js";
import type { KubernetesObject, Observation, Plan } from "./wire.js";

/** The kinds of objects that can be taken out of an observation. */
export type ObservedKind = "Pod" | "PersistentVolumeClaim" | "ControllerRevision";

/**
 * An observation that stays parsed. Re-reading a thousand Pods because one changed costs tens of milliseconds; telling a
 * handle of that one Pod costs a fraction of one.
 *
 * ```ts
 * const opened = ObservationHandle.open(observation);
 * if (opened.ok) {
 *   using handle = opened.value;
 *   handle.put(changedPod);
 *   const plan = handle.reconcile({ now: new Date().toISOString() });
 * }
 * ```
 */
export class ObservationHandle {
  readonly #handle: Handle<glue.Observation>;
  #base: string;
  readonly #options: string;
  #deltas: [put: string, name?: string][] = [];
  #size = 0;

  private constructor(resident: glue.Observation, base: string, options: string) {
    this.#handle = new Handle(resident, () => this.#again());
    this.#base = base;
    this.#options = options;
  }

  /** Parses an observation, once. The options stay; those of a later call go before them. */
  static open(observation: Observation | string, options?: Options): Result<ObservationHandle> {
    const [base, how] = [json(observation, "observation"), optionsOf(options)];
    check();
    const resident = new glue.Observation();
    const loaded = parsed<null>(call(() => resident.load(base, how)));
    if (loaded.ok) {
      return { ok: true, value: new ObservationHandle(resident, base, how) };
    }
    if (loaded.error.code !== "trap") {
      resident.free();
    }
    return loaded;
  }

  /** Puts one object in, or several, each in place of the one of its kind and name. */
  put(objects: KubernetesObject | readonly KubernetesObject[] | string): Result<null> {
    const given = json(objects, "objects");
    return this.#change([given], (resident) => resident.put(given));
  }

  /** Takes an object out; the value is whether it was there. */
  remove(kind: ObservedKind, name: string): Result<boolean> {
    const [k, n] = [text(kind, "kind"), text(name, "name")];
    return this.#change([k, n], (resident) => resident.remove(k, n));
  }

  /** The plan for what is observed now. */
  reconcile(options?: Options): Result<Plan> {
    const how = optionsOf(options);
    return parsed(this.#handle.ask((resident) => resident.reconcile(how)));
  }

  /** The same as JSON text, unparsed: see `text`. */
  reconcileText(options?: Options): string {
    const how = optionsOf(options);
    return this.#handle.ask((resident) => resident.reconcile(how));
  }

  /** The observation as it stands. */
  observation(): Result<Observation> {
    return parsed(this.#handle.ask((resident) => resident.whole()));
  }

  /** Gives its memory back; it cannot be used any more. Doing so again does nothing. */
  dispose(): void {
    this.#handle.dispose();
  }

  /** For `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  #again(): glue.Observation {
    const resident = new glue.Observation();
    resident.load(this.#base, this.#options);
    for (const [put, name] of this.#deltas) {
      if (name === undefined) {
        resident.put(put);
      } else {
        resident.remove(put, name);
      }
    }
    return resident;
  }

  #change<T>(delta: [put: string, name?: string], make: (resident: glue.Observation) => string): Result<T> {
    const answer = parsed<T>(this.#handle.ask(make));
    if (answer.ok) {
      this.#deltas.push(delta);
      this.#size += delta[0].length;
      // What is kept for a new instance stays in proportion to what is observed.
      if (this.#size > this.#base.length + 100_000) {
        this.#keepWhole();
      }
    }
    return answer;
  }

  #keepWhole(): void {
    const answer = this.#handle.ask((resident) => resident.whole());
    const start = '{"ok":true,"value":';
    if (answer.startsWith(start)) {
      this.#base = answer.slice(start.length, -1);
      this.#deltas = [];
      this.#size = 0;
    }
  }
}
