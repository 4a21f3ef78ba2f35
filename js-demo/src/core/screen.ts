import { read, sentences, simulate, type KubernetesObject, type Scenario } from "steadfast";
import { toldOf } from "../model/words.ts";
import type { Outcome, Screened } from "./protocol.ts";

/** Plays a story, and says what happens in the core's words: in a worker, and for the first story when the page is built. */
export function screened(scenario: Scenario): Outcome<Screened> {
  const played = simulate(scenario);
  if (!played.ok) {
    return played;
  }
  const contents = typeof scenario.objects === "string" ? read(scenario.objects) : undefined;
  const objects: KubernetesObject[] = contents?.ok ? contents.value.objects.map(({ object }) => object) : [];
  const told = toldOf(played.value.trace);
  const said = sentences([...told.values()]);
  if (!said.ok) {
    return said;
  }
  const clauses = new Map([...told.keys()].map((key, index) => [key, said.value[index] ?? ""]));
  return { ok: true, value: { played: played.value, objects, clauses } };
}
