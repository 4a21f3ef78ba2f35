import { init, read, Simulation, text, write } from "steadfast";
import { equipped, serve, type Player } from "./protocol.ts";
import { screened } from "./screen.ts";

const player: Player = {
  play: screened,
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

serve(player, init(equipped()));
