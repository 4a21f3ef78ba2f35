import { init, read, sentences, Simulation, simulate, text, write, type KubernetesObject } from "steadfast";
import module from "../../generated/player.wasm?url";
import { toldOf } from "../model/words.ts";
import { serve, type Player } from "./protocol.ts";

const player: Player = {
  play(scenario) {
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
  },
  trace(scenario) {
    // The text and not the value: numbers and the order of fields are the core's own.
    const answer = text.simulate(JSON.stringify(scenario));
    const parsed = JSON.parse(answer) as { ok: true; value: unknown } | { ok: false; error: never };
    return parsed.ok ? { ok: true, value: `${JSON.stringify(parsed.value, null, 2)}\n` } : parsed;
  },
  look(scenario, at, set) {
    const begun = Simulation.begin(scenario);
    if (!begun.ok) {
      return begun;
    }
    const simulation = begun.value;
    try {
      const ran = simulation.run(`${Math.round(at)}ms`);
      const objects = ran.ok ? simulation.objects() : ran;
      if (!objects.ok) {
        return objects;
      }
      const plan = set === "" ? undefined : simulation.plan(set);
      return { ok: true, value: { objects: objects.value, plan: plan?.ok ? plan.value : null } };
    } finally {
      simulation.dispose();
    }
  },
  read,
  write(values) {
    const texts: string[] = [];
    for (const value of values) {
      const written = write(value);
      if (!written.ok) {
        return written;
      }
      texts.push(written.value);
    }
    return { ok: true, value: texts.join("---\n") };
  },
};

serve(player, init(module));
