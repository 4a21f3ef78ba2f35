import * as glue from "../glue/steadfast.js";
import { call } from "./instance.js";
import { json, options as optionsOf, text as textOf } from "./result.js";
import type { Options } from "./functions.js";

/**
 * The same functions from JSON text to JSON text, for whoever holds text anyway: nothing is parsed in JavaScript, and no
 * number loses digits (`JSON.parse` rounds past 2^53). The answer is a `Result` as text.
 */
export const text = {
  /** See `reconcile`. */
  reconcile(observation: string, options?: Options): string {
    const given = textOf(observation, "observation");
    const how = optionsOf(options);
    return call(() => glue.reconcile(given, how));
  },
  /** See `plan`. */
  plan(question: string): string {
    const given = textOf(question, "question");
    return call(() => glue.plan(given));
  },
  /** See `simulate`. */
  simulate(scenario: string): string {
    const given = textOf(scenario, "scenario");
    return call(() => glue.simulate(given));
  },
  /** See `canonical`. */
  canonical(set: string, options?: Options): string {
    const given = json(set, "set");
    const how = optionsOf(options);
    return call(() => glue.canonical(given, how));
  },
  /** See `review`. */
  review(request: string, context?: string, settings?: string, options?: Omit<Options, "now">): string {
    const given = textOf(request, "request");
    const around = textOf(context ?? "", "context");
    const which = textOf(settings ?? "", "settings");
    const how = optionsOf(options);
    return call(() => glue.review(given, around, which, how));
  },
} as const;
