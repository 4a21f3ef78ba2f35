import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { init, read, sentences, simulate, type KubernetesObject } from "steadfast";
import { Axis } from "../src/model/axis.ts";
import { figuresOf, partingOf } from "../src/model/compare.ts";
import { sentenceOf } from "../src/model/sentence.ts";
import { specOf } from "../src/model/set.ts";
import { aligned, watchOf } from "../src/model/watch.ts";
import { toldOf } from "../src/model/words.ts";
import { Film, podsOf, type World } from "../src/model/world.ts";

await init();

const FOLDER = "scenarios";

function played(name: string, change: (text: string) => string = (text) => text) {
  const text = change(readFileSync(`${FOLDER}/${name}.yaml`, "utf8"));
  const answer = simulate(text);
  const contents = read(text);
  assert.ok(answer.ok && contents.ok);
  const { objects } = contents.value.objects[0]?.object as { objects: KubernetesObject[] };
  const told = toldOf(answer.value.trace);
  const said = sentences([...told.values()]);
  assert.ok(said.ok);
  const clauses = new Map([...told.keys()].map((key, index) => [key, said.value[index] ?? ""]));
  return { played: answer.value, film: new Film(answer.value.trace, objects, clauses), objects, axis: new Axis(answer.value.trace, answer.value.at) };
}

const plain = (world: World) => JSON.stringify({ ...world, sets: [...world.sets], pods: [...world.pods], claims: [...world.claims], nodes: [...world.nodes], said: [...world.said], statuses: [...world.statuses], published: [...world.published], services: [...world.services] });

test("the world at a cursor is the same whichever way one came there", () => {
  const { played: whole, objects } = played("three-hundred");
  const length = whole.trace.length;
  assert.ok(length > 3_000);
  const back = new Film(whole.trace, objects);
  back.at(length);
  for (const at of [length - 1, 2_049, 2_048, 2_047, 1_500, 1_023, 3, 0, 1_024, length]) {
    assert.equal(plain(back.at(at)), plain(new Film(whole.trace, objects).at(at)), `at ${at}`);
  }
});

test("a Pod that did not change is the same object: it need not be drawn again", () => {
  const { film } = played("first-steps");
  const before = film.at(60);
  const pods = new Map(before.pods);
  const after = film.at(61);
  const changed = [...after.pods].filter(([name, pod]) => pods.get(name) !== pod);
  assert.ok(pods.size >= 2 && changed.length <= 1);
});

for (const file of readdirSync(FOLDER).filter((one) => one.endsWith(".yaml"))) {
  test(`${file}: the end of the film agrees with the status that the controller wrote`, () => {
    const { film, played: whole } = played(file.replace(".yaml", ""));
    const world = film.at(whole.trace.length);
    for (const [key, spec] of world.sets) {
      const status = world.statuses.get(key);
      const pods = [...podsOf(world, spec).values()];
      assert.equal(pods.filter((pod) => !pod.terminating).length, status?.replicas, key);
      const isNodeLost = [...world.nodes.values()].some(({ state }) => state !== "up");
      isNodeLost || assert.equal(pods.filter((pod) => pod.isReady).length, status?.readyReplicas ?? 0, key);
    }
  });
}

test("the axis goes both ways, and never back", () => {
  const { axis } = played("rollback-trap");
  let last = -1;
  for (const instant of axis.instants) {
    const place = axis.placeOf(instant);
    assert.ok(place > last || instant === 0);
    assert.ok(Math.abs(axis.millisAt(place) - instant) < 0.001);
    last = place;
  }
  assert.equal(axis.entriesAt(Infinity), axis.counts.at(-1));
  assert.equal(axis.millisAt(axis.length + 5), axis.instants.at(-1));
});

test("the sentence names what is awaited, who is held back, and the field", () => {
  const { film, axis, played: whole } = played("stuck-predecessor");
  const at = (millis: number) => {
    const world = film.at(axis.entriesAt(millis));
    return sentenceOf(film, world, world.sets.get("default/web"), whole.ends[0], 0, millis);
  };
  const waiting = at(20_000);
  assert.equal(waiting.text, "Waits for Pod web-1 to be Running and Ready.");
  assert.deepEqual([waiting.pod, waiting.held, waiting.field, waiting.tone], ["web-1", "web-2", "spec.podManagementPolicy", "waiting"]);
  assert.match(waiting.detail, /^web-1 is Running: Unhealthy: Readiness probe failed\. For 16\.\ds\.$/);
  assert.equal(at(whole.at).text, "Nothing to do.");
});

test("in the trap the sentence turns to blocked and quotes the kubelet", () => {
  const { film, axis, played: whole } = played("rollback-trap");
  const world = film.at(axis.entriesAt(119_000));
  const told = sentenceOf(film, world, world.sets.get("default/web"), whole.ends[0], 0, 119_000);
  assert.equal(told.tone, "blocked");
  assert.match(told.detail, /^web-2 is ImagePullBackOff: Failed: Failed to pull image "nginx:1\.30-typo": .*not found\. For 1m27s\.$/);
});

test("two lives part where their stories do, and figures count from there", () => {
  const [one, other] = [played("rollback-trap"), played("rollback-trap", (text) => text.replace(/\n {2}- \{at: 4m.*/, ""))];
  assert.equal(partingOf(one.played, other.played), 240_000);
  assert.equal(partingOf(one.played, one.played), undefined);
  const spec = specOf(one.objects.find(({ kind }) => kind === "StatefulSet") ?? {});
  const [first, second] = [one, other].map((life) => figuresOf(life.played, life.film, spec, 240_000));
  assert.deepEqual([first?.outcome, first?.created, second?.outcome, second?.created], ["stable", 1, "blocked", 0]);
});

test("the watch prints a row where one looks different, aligned as kubectl aligns", () => {
  const { played: whole } = played("deleted-pod");
  const lines = watchOf(whole.trace, whole.trace.length, 400);
  assert.deepEqual(lines.slice(-4).map(({ name, ready, status }) => `${name} ${ready} ${status}`), ["web-1 0/1 Terminating", "web-1 0/1 Pending", "web-1 0/1 ContainerCreating", "web-1 1/1 Running"]);
  assert.equal(aligned([["NAME", "READY"], ["web-10", "1/1"]]), "NAME     READY\nweb-10   1/1");
});
