import type { DnsLookup, DnsNames } from "steadfast";
import type { Outcome } from "../core/protocol.ts";
import { fill, h } from "./dom.ts";
import { isRunning, set as spec, world } from "../store.ts";
import { judge, seenAtCursor, type Seen } from "./seen.ts";

let asked = 0;
let seen: Promise<Outcome<Seen>> | undefined;
const list = h("div", { class: "names" });
const answers = h("div", { class: "answers", role: "status" });
const from = h("select", { "aria-label": "From which Pod" });
const name = h("input", { type: "text", "aria-label": "Name to look up", placeholder: "web-0.web", autocomplete: "off", spellcheck: "false" });
const form = h("form", { class: "lookup" }, h("span", {}, "From "), from, h("span", {}, " nslookup "), name, h("button", {}, "Look up"));
form.addEventListener("submit", (event) => {
  event.preventDefault();
  void ask();
});

/** Which names of the set resolve at the cursor, why the others do not, and lookups from a Pod. */
export function names(panel: HTMLElement): void {
  seen = seenAtCursor();
  const own = (asked += 1);
  if (list.parentElement !== panel) {
    fill(panel, list, form, answers);
  }
  fill(answers);
  const { value } = spec;
  if (seen === undefined || value === undefined) {
    form.hidden = true;
    fill(list, h("p", { class: "empty" }, isRunning.value ? "Answered when the story stands still: press Space." : "Nothing has happened yet."));
    return;
  }
  form.hidden = false;
  if (name.value === "" && value.serviceName !== "") {
    name.value = `${value.name}-${value.start}.${value.serviceName}`;
  }
  const pods = [...world.value.pods.values()].filter((pod) => pod.namespace === value.namespace).slice(0, 200);
  const before = from.value;
  fill(from, h("option", { value: "" }, "any Pod"), ...pods.map((pod) => h("option", { value: pod.name, selected: pod.name === before }, pod.name)));
  seen
    .then((looked) => (looked.ok ? judge.dns(looked.value.objects, looked.value.set) : looked))
    .then(
      (answer) => own === asked && fill(list, answer.ok ? table(answer.value) : h("p", { class: "empty" }, answer.error.message)),
      (error: unknown) => own === asked && fill(list, h("p", { class: "empty" }, String(error))),
    );
}

function table({ names: states, ttl }: DnsNames): HTMLElement {
  const rows = states.slice(0, 100).map(({ pod, name: whole, resolves, addresses, message }) =>
    h("tr", { "data-resolves": resolves || undefined }, h("th", { scope: "row" }, whole ?? pod), h("td", {}, resolves ? "● resolves" : "○ does not resolve"), h("td", {}, addresses.join(", ") || (message ?? ""))),
  );
  const titles = ["Name", "Now", "Answer, or why there is none"].map((title) => h("th", { scope: "col" }, title));
  return h("div", {}, h("table", {}, h("thead", {}, h("tr", {}, ...titles)), h("tbody", {}, ...rows)), h("p", { class: "reason" }, `An answer may be kept for ${ttl} s, a denial too: a Pod that asked too early learns it late.`));
}

async function ask(): Promise<void> {
  const wanted = name.value.trim();
  const looked = await seen;
  if (looked === undefined || wanted === "") {
    return;
  }
  const own = asked;
  const answer = looked.ok ? await judge.lookup(looked.value.objects, looked.value.set, wanted, from.value || undefined) : looked;
  if (own === asked) {
    fill(answers, ...(answer.ok ? told(answer.value) : [h("p", { class: "refusal" }, answer.error.message)]));
  }
}

function told({ asked: questions, asker, why, resolver }: DnsLookup): HTMLElement[] {
  const words: Record<string, string> = { answered: "", noData: "no such record", nxDomain: "NXDOMAIN", forwarded: "asked of the node's resolver" };
  const lines = questions.map(({ name: question, type, outcome, records }) => {
    const found = records.map(({ data, ttl }) => `${data || "an address that is not known yet"} (${ttl} s)`);
    return `${question} ${type}: ${words[outcome] || found.join("; ")}`;
  });
  return [h("pre", {}, `${asker} asks, with search ${resolver.searches.join(" ") || "(none)"}\n${lines.join("\n")}`), ...(why === undefined ? [] : [h("p", {}, `${why.slice(0, 1).toUpperCase()}${why.slice(1)}.`)])];
}
