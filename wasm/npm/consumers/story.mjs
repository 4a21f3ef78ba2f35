// What every user of the package computes here, and must come to the same text.

import { must, node, project, projects, root } from "./project.mjs";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const example = (name) => readFileSync(join(root, "../../examples", name), "utf8");

/**
 * A module that uses everything: `answer(...source)` starts the package and gives the text.
 *
 * Its names are imported one by one, so that a bundler may drop what it takes for unused.
 */
export function story(from = "steadfast") {
  return `import {
  ObservationHandle, Simulation, SteadfastError, about, canonical, init, plan, read, reconcile, revisionName, simulate, text,
  write,
} from ${JSON.stringify(from)};

const before = ${JSON.stringify(example("web.yaml"))};
const after = ${JSON.stringify(example("web-v2.yaml"))};
const now = "2026-11-21T00:00:00Z";

export async function answer(...source) {
  const lines = [];
  const say = (what, value) => lines.push(what + " " + (typeof value === "string" ? value : JSON.stringify(value)));
  try {
    about();
    say("early", "answered before init");
  } catch (thrown) {
    say("early", [thrown instanceof SteadfastError, thrown.code]);
  }
  const started = init(...source);
  say("init", [started === init(...source), await started]);
  say("about", about());

  const objects = read(after);
  say("read", objects);
  const manifest = objects.value.objects[1].object;
  say("write", write(manifest));
  say("canonical", canonical(manifest, { kubernetes: "1.34" }));
  say("revision", revisionName(manifest));
  say("plan", plan({ from: before, objects: after, kubernetes: "1.36" }));
  say("plan text", text.plan(JSON.stringify({ from: before, objects: after, now })));
  say("wrong", plan({ objects: "kind: StatefulSet" }));

  const begun = Simulation.begin({ objects: before, now });
  const simulation = begun.value;
  say("run", simulation.run());
  const fork = simulation.fork().value;
  say("event", fork.event({ crash: "web-1" }));
  say("advance", fork.advance("90s"));
  say("step", simulation.step(2));
  say("sets", [simulation.sets(), fork.sets()]);
  say("trace", [simulation.trace(), fork.trace(20)]);
  say("restored", Simulation.restore(fork.snapshot()).value.trace(20));
  say("story", simulate({ objects: before, now, timeline: [{ at: "1m", scale: { name: "web", replicas: 1 } }] }));

  const of = (kind) => simulation.objects({ kind }).value;
  const observation = {
    now,
    statefulSet: { ...of("StatefulSet")[0], spec: { ...of("StatefulSet")[0].spec, replicas: 4 } },
    pods: of("Pod"),
    persistentVolumeClaims: of("PersistentVolumeClaim"),
    controllerRevisions: of("ControllerRevision"),
  };
  say("reconcile", reconcile(observation));
  const handle = ObservationHandle.open(observation).value;
  say("same", handle.reconcileText() === text.reconcile(JSON.stringify(observation)));
  say("remove", handle.remove("Pod", "web-2"));
  say("then", handle.reconcile());
  say("put", handle.put(observation.pods[2]));
  say("again", handle.reconcileText({ kubernetes: "1.34", now }));
  handle.dispose();
  handle.dispose();
  try {
    handle.reconcile();
    say("disposed", "answered after dispose");
  } catch (thrown) {
    say("disposed", [thrown instanceof SteadfastError, thrown.code]);
  }
  simulation.dispose();
  fork.dispose();
  return lines.join("\\n");
}
`;
}

/** A module that uses as little as can be: what a bundler drops too much of shows here first. */
export function little(from = "steadfast") {
  return `import { init, revisionName } from ${JSON.stringify(from)};
export async function answer(...source) {
  await init(...source);
  return revisionName(${JSON.stringify({ kind: "StatefulSet" })}).error.code;
}
`;
}

/** What `little` comes to. */
export const LITTLE = "invalid";

/** Finds out what `story` comes to, in Node. */
export async function tell() {
  const folder = project("expected", {
    "story.js": story(),
    "main.js": 'import { answer } from "./story.js";\nprocess.stdout.write(await answer());\n',
  });
  const text = await node(["main.js"], folder);
  must(/^plan \{"ok":true/m.test(text) && /^reconcile \{"ok":true/m.test(text), `the story itself fails:\n${text}`);
  writeFileSync(join(folder, "text"), text);
}

/** What `story` came to. */
export function expected() {
  return readFileSync(join(projects(), "expected/text"), "utf8");
}
