import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { init, simulate } from "steadfast";
import { Axis } from "../src/model/axis.ts";
import { specOf } from "../src/model/set.ts";
import { Film } from "../src/model/world.ts";
import { byNode, inRow, ordinalsOf, SIZES, sizeFor, type Layout } from "../src/view/layout.ts";

await init();

const count = (length: number) => Array.from({ length }, (_, index) => index);

function disjoint({ places, size }: Layout): boolean {
  const { width, height } = SIZES[size];
  const taken = new Set<string>();
  for (const { x, y } of places.values()) {
    taken.add(`${Math.floor(x / width)} ${Math.floor(y / height)} ${x} ${y}`);
  }
  return taken.size === places.size;
}

test("3, 30, 300 and 3,000 ordinals are drawn at a size at which they can be taken in", () => {
  assert.deepEqual([3, 30, 300, 3_000].map(sizeFor), ["card", "tile", "dot", "speck"]);
  for (const length of [0, 1, 3, 30, 300, 3_000]) {
    for (const width of [320, 800, 1_400]) {
      const layout = inRow(count(length), width, 1);
      assert.equal(layout.places.size, length);
      assert.ok(disjoint(layout), `${length} at ${width}`);
      assert.ok(layout.size === "card" || layout.width <= width, `${length} at ${width} is ${layout.width} wide`);
    }
  }
});

test("an ordinal keeps its place through the whole story, those that come later and those that go too", () => {
  const played = simulate(readFileSync("scenarios/start-ordinal.yaml", "utf8"));
  assert.ok(played.ok);
  const { trace, at } = played.value;
  const objects = [{ kind: "StatefulSet", metadata: { name: "web" }, spec: { replicas: 3, ordinals: { start: 5 } } }];
  const reel = { story: undefined as never, played: played.value, film: new Film(trace, objects), axis: new Axis(trace, at), sets: [], epoch: 0 };
  assert.deepEqual(ordinalsOf(reel, specOf(objects[0] ?? {})), [5, 6, 7, 8]);
});

test("grouped by nodes every Pod is in the box of its node, and what has none in the last", () => {
  const played = simulate(readFileSync("scenarios/first-steps.yaml", "utf8"));
  assert.ok(played.ok);
  const film = new Film(played.value.trace, []);
  const world = film.at(played.value.trace.length - 20);
  const spec = specOf({ metadata: { name: "web" }, spec: { replicas: 4 } });
  const layout = byNode(count(4), world, spec, 1_000, 1);
  assert.deepEqual(layout.boxes.map(({ name }) => name), ["node-1", "node-2", "node-3", ""]);
  for (const ordinal of count(4)) {
    const place = layout.places.get(ordinal);
    const node = world.pods.get(`default/web-${ordinal}`)?.node ?? "";
    const box = layout.boxes.find(({ name }) => name === node);
    assert.ok(place && box && place.x >= box.x && place.x < box.x + box.width && place.y > box.y && place.y < box.y + box.height, `web-${ordinal}`);
  }
});
