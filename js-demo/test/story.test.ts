import assert from "node:assert/strict";
import { test } from "node:test";
import { captionOf } from "../src/model/guide.ts";
import { packed, unpacked } from "../src/model/share.ts";
import { clockOf, millisOf, parseScenario, scenarioOf, spanOf, storyOf, upTo, withEvent, wordsOf } from "../src/model/story.ts";

test("spans are read and written as a scenario has them", () => {
  for (const [millis, span] of [
    [0, "0s"],
    [250, "250ms"],
    [12_000, "12s"],
    [90_000, "1m30s"],
    [3_600_000, "1h"],
    [3_661_001, "3661001ms"],
  ] as const) {
    assert.equal(spanOf(millis), span);
    assert.equal(millisOf(span), millis);
  }
  assert.equal(millisOf("1h1m1s1ms"), 3_661_001);
});

test("the clock never runs ahead: times are cut, not rounded", () => {
  assert.deepEqual([0, 59_999, 60_000, 3_599_999, 7_260_000].map(clockOf), ["0.0s", "59.9s", "1m00s", "59m59s", "2h01m"]);
});

test("a scenario comes back from a story as it was, and what is empty is left out", () => {
  const story = withEvent(storyOf("kind: StatefulSet\n"), { at: "3s", deletePod: "web-0" });
  const scenario = scenarioOf(story);
  assert.deepEqual(scenario, { kubernetes: "1.37", objects: "kind: StatefulSet\n", timeline: [{ at: "3s", deletePod: "web-0" }] });
  assert.deepEqual(parseScenario(scenario, () => ""), story);
});

test("what is no scenario is not taken for one", () => {
  for (const value of [null, 3, [], {}, { objects: 3 }, { kind: "List", objects: "" }, { objects: "", timeline: "soon" }, { objects: "", timeline: [3] }]) {
    assert.equal(parseScenario(value, () => ""), undefined, JSON.stringify(value));
  }
});

test("a fork keeps what happened up to its instant, that instant included, and nothing later", () => {
  let story = storyOf("");
  for (const at of ["1s", "2s", "2001ms"]) {
    story = withEvent(story, { at, tick: true });
  }
  assert.deepEqual(upTo({ ...story, until: "1h" }, 2_000).timeline.map(({ at }) => at), ["1s", "2s"]);
  assert.equal(upTo({ ...story, until: "1h" }, 2_000).until, undefined);
});

test("a guide's words belong to their times", () => {
  const description = "Intro.\n5s: First.\n1m: Second: with a colon.\n";
  assert.equal(captionOf(description, 0, false), "Intro.");
  assert.equal(captionOf(description, 4_999, true), "Intro.");
  assert.equal(captionOf(description, 5_000, true), "First.");
  assert.equal(captionOf(description, 61_000, true), "Second: with a colon.");
});

test("events are told in Kubernetes' words", () => {
  assert.equal(wordsOf({ at: "1s", scale: { name: "web", replicas: 5 } }), "scale web to 5");
  assert.equal(wordsOf({ at: "1s", deletePod: "web-1" }), "delete pod web-1");
  assert.equal(wordsOf({ apply: { kind: "Service", metadata: { name: "web" } } }), "apply Service web");
});

test("a link brings back both lives, the instant and what was compared", async () => {
  const story = withEvent({ ...storyOf("kind: Service # ünï – 😀\n"), name: "x" }, { at: "1s", crash: "web-0" });
  const kept = { lives: [{ label: "A", story }, { label: "B", story: storyOf("") }], shown: 1, at: 1_234, compared: true, scenario: "first-steps" };
  const fragment = await packed(kept);
  assert.match(fragment, /^s1\.[\w-]+$/);
  assert.deepEqual(await unpacked(fragment), kept);
  assert.deepEqual(await unpacked(`#${fragment}`), kept);
});

test("a link that is broken, cut off or foreign says so", async () => {
  const fragment = await packed({ lives: [{ label: "A", story: storyOf("a: b") }], shown: 0, at: 0, compared: false });
  await assert.rejects(unpacked("tab=2"), /not made by this page/);
  await assert.rejects(unpacked(fragment.slice(0, -6)), /broken/);
  await assert.rejects(unpacked("s1.!!!"), /broken/);
  await assert.rejects(unpacked("s1.AAAA"), /broken/);
  const foreign = Buffer.from((await import("node:zlib")).deflateRawSync('{"hello":1}')).toString("base64url");
  await assert.rejects(unpacked(`s1.${foreign}`), /no story/);
  const bomb = (await import("node:zlib")).deflateRawSync("0".repeat(20_000_000)).toString("base64url");
  await assert.rejects(unpacked(`s1.${bomb}`), /broken/);
});
