// What the story can be taken away as.

import { clerk } from "../core/client.ts";
import { caseOf } from "../model/case.ts";
import { scenarioOf, type Story } from "../model/story.ts";
import { life, reel } from "../store.ts";

/** A form, and what is said once it is made. */
export interface Export {
  readonly word: string;
  readonly make: () => Promise<string>;
}

export const EXPORTS: readonly Export[] = [
  { word: "Manifests (YAML)", make: async () => saved("manifests.yaml", life.peek().story.yaml, "text/yaml") },
  { word: "Scenario (YAML)", make: async () => saved(`${fileName()}.yaml`, await scenarioText(life.peek().story), "text/yaml") },
  { word: "Trace (JSON)", make: async () => saved(`${fileName()}.json`, await traceText(), "application/json") },
  { word: "Picture (SVG)", make: async () => saved(`${fileName()}.svg`, pictureText(), "image/svg+xml") },
  { word: "Text case", make: async () => saved(`${fileName()}.txt`, await caseText(), "text/plain") },
  { word: "Command line, copied", make: copied },
];

/** The scenario as `steadfast simulate` takes it. */
export async function scenarioText(story: Story): Promise<string> {
  const objects = valueOf(await clerk.read(story.yaml)).objects.map(({ object }) => object);
  return valueOf(await clerk.write([{ ...scenarioOf(story), objects }]));
}

/** What `steadfast simulate --trace json` prints for the story. */
export async function traceText(): Promise<string> {
  const { story } = reel.peek() ?? life.peek();
  return valueOf(await clerk.trace(scenarioOf(story)));
}

/** A case of `tests/cases`, with what happens in it. */
async function caseText(): Promise<string> {
  const current = reel.peek();
  if (current === undefined) {
    throw new Error("nothing was played");
  }
  const { story, played, film } = current;
  const objects = valueOf(await clerk.read(story.yaml)).objects.map(({ object }) => object);
  const { name: _, description, ...scenario } = { description: "", ...scenarioOf(story) };
  return caseOf(description, valueOf(await clerk.write([{ ...scenario, objects, timeline: story.timeline }])), played, film.clauses);
}

async function copied(): Promise<string> {
  const text = await scenarioText(life.peek().story);
  await navigator.clipboard.writeText(`steadfast simulate - <<'STORY'\n${text}STORY\n`);
  return "The command line is in the clipboard, with the whole story.";
}

/** The picture by itself: what the page's style says of it is written into it. */
function pictureText(): string {
  const picture = document.querySelector<SVGSVGElement>(".frame-of-life:not([hidden]) .picture");
  if (picture === null) {
    throw new Error("there is no picture");
  }
  const copy = picture.cloneNode(true) as SVGSVGElement;
  const originals = [picture, ...picture.querySelectorAll<SVGElement>("*")];
  const copies = [copy, ...copy.querySelectorAll<SVGElement>("*")];
  const taken = ["fill", "stroke", "stroke-width", "stroke-dasharray", "opacity", "visibility", "font-family", "font-size", "font-weight", "text-anchor", "transform"];
  originals.forEach((original, index) => {
    const style = getComputedStyle(original);
    for (const name of taken) {
      const value = style.getPropertyValue(name);
      const isPlaced = name === "transform" && original.hasAttribute("transform");
      if (value !== "" && value !== "none" && !isPlaced) {
        copies[index]?.style.setProperty(name, value);
      } else if (name === "fill" || name === "stroke") {
        copies[index]?.setAttribute(name, value || "none");
      }
    }
  });
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.style.background = getComputedStyle(document.body).backgroundColor;
  return new XMLSerializer().serializeToString(copy);
}

function valueOf<T>(outcome: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: { readonly message: string } }): T {
  if (!outcome.ok) {
    throw new Error(outcome.error.message);
  }
  return outcome.value;
}

function fileName(): string {
  return life.peek().story.name.replace(/[^\w-]+/g, "-") || "story";
}

function saved(name: string, text: string, type: string): string {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
  return `Saved as ${name}.`;
}
