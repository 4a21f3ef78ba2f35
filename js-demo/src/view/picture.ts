// The picture: one place for each ordinal, whatever becomes of its Pod; its claims below it. Only what changed is drawn anew.

import type { SetSpec } from "../model/set.ts";
import { keyOf } from "../model/set.ts";
import type { Sentence } from "../model/sentence.ts";
import type { Pod, World } from "../model/world.ts";
import type { Grouping, Reel } from "../store.ts";
import { claimsOf, drawClaims } from "./claims.ts";
import { isStill, s, say, set } from "./dom.ts";
import { byNode, inRow, ordinalsOf, SIZES, type Layout, type Place, type Size } from "./layout.ts";
import { lookOf, SHAPES, WORDS } from "./shape.ts";

/** What is drawn. */
export interface Scene {
  readonly reel: Reel;
  readonly world: World;
  readonly spec: SetSpec;
  readonly sentence: Sentence;
  readonly grouping: Grouping;
  readonly marked: string;
  /** The instant: rings empty with it. */
  readonly at: number;
  readonly width: number;
}

interface Cell {
  readonly group: SVGGElement;
  /** The Pod, and what of it is touched at every size. */
  readonly pod: { readonly group: SVGGElement; readonly title: Element; readonly frame: Element; readonly shape: SVGPathElement };
  readonly name: string;
  readonly key: string;
  place: Place | undefined;
  readonly claims: SVGGElement;
  /** The Pod as it was drawn last, and how it was marked. */
  was: Pod | undefined;
  drawn: string;
  uid: string | undefined;
}

/** A picture that is kept up to date by `draw`. */
export class Picture {
  readonly element: SVGSVGElement;
  readonly #boxes = s("g", { class: "boxes" });
  readonly #pods = s("g", { class: "pods" });
  readonly #lines = s("g", { class: "lines", "aria-hidden": "true" });
  readonly #cells = new Map<number, Cell>();
  readonly #choose: (name: string, near: Element) => void;
  #reel: Reel | undefined;
  #set = "";
  #size: Size | undefined;
  #ordinals: readonly number[] = [];
  #focused: number | undefined;

  /** `choose` is told of a Pod or claim that was clicked. */
  constructor(choose: (name: string, near: Element) => void) {
    this.#choose = choose;
    this.element = s("svg", { class: "picture", role: "group", "aria-label": "Pods in order of their ordinals" }, this.#boxes, this.#pods, this.#lines);
    this.element.addEventListener("click", (event) => this.#clicked(event.target as Element));
    this.element.addEventListener("keydown", (event) => this.#pressed(event));
  }

  draw(scene: Scene): void {
    const { reel, spec, grouping } = scene;
    const key = keyOf(spec.namespace, spec.name);
    if (reel !== this.#reel || key !== this.#set) {
      if (key !== this.#set) {
        this.#cells.clear();
        this.#pods.replaceChildren();
      }
      this.#reel = reel;
      this.#set = key;
      this.#ordinals = ordinalsOf(reel, spec);
    }
    const layout = this.#layoutOf(scene);
    if (layout.size !== this.#size) {
      this.#size = layout.size;
      this.#cells.clear();
      this.#pods.replaceChildren();
      set(this.element, { "data-size": layout.size });
    }
    const box = `0 0 ${layout.width} ${layout.height}`;
    if (this.element.getAttribute("viewBox") !== box) {
      set(this.element, { viewBox: box, width: layout.width, height: layout.height });
    }
    this.#world = scene.world;
    this.#drawCells(scene, layout);
    this.#drawBoxes(layout, grouping);
    this.#drawLines(scene, layout);
  }

  /** In a row nothing moves: the places are found once. */
  #layoutOf({ world, spec, grouping, width }: Scene): Layout {
    const claims = spec.templates.length;
    if (grouping === "nodes") {
      return byNode(this.#ordinals, world, spec, width, claims);
    }
    const row = this.#row;
    if (row === undefined || row.ordinals !== this.#ordinals || row.width !== width || row.claims !== claims) {
      this.#row = { ordinals: this.#ordinals, width, claims, layout: inRow(this.#ordinals, width, claims) };
    }
    return (this.#row as NonNullable<typeof row>).layout;
  }

  #row: { readonly ordinals: readonly number[]; readonly width: number; readonly claims: number; readonly layout: Layout } | undefined;

  #drawCells(scene: Scene, layout: Layout): void {
    const { world, spec } = scene;
    // Places are looked up where they may be others: at most steps they are not.
    const isPlaced = this.#placed === layout && this.#cells.size === this.#ordinals.length;
    const [within, without] = [`true${world.revisions.length}`, `false${world.revisions.length}`];
    for (const ordinal of this.#ordinals) {
      const cell = this.#cells.get(ordinal) ?? this.#added(ordinal, layout.size, spec);
      const place = isPlaced ? cell.place : layout.places.get(ordinal);
      if (place !== undefined && cell.place !== place && (cell.place?.x !== place.x || cell.place.y !== place.y)) {
        cell.group.style.transform = `translate(${place.x}px, ${place.y}px)`;
      }
      cell.place = place;
      const { name } = cell;
      const pod = world.pods.get(cell.key);
      const inRange = ordinal >= spec.start && ordinal < spec.start + spec.replicas;
      const mark = scene.marked === name ? "marked" : scene.sentence.pod === name ? scene.sentence.tone : scene.sentence.held === name ? "held" : "";
      const drawn = mark === "" ? (inRange ? within : without) : `${inRange}${mark}${world.revisions.length}`;
      if (pod !== cell.was || drawn !== cell.drawn || cell.uid === undefined) {
        this.#drawPod(cell, pod, name, inRange, mark, scene, layout.size);
        cell.was = pod;
        cell.drawn = drawn;
        cell.uid = pod?.uid ?? "";
      }
      if (layout.size === "card") {
        drawRing(cell.group, pod, scene);
      }
      if (layout.size === "card" || layout.size === "tile") {
        drawClaims(cell.claims, claimsOf(world, spec, ordinal), layout.size, scene.marked);
      }
    }
    this.#placed = layout;
    if (this.#cells.size > this.#ordinals.length) {
      const here = new Set(this.#ordinals);
      [...this.#cells].filter(([ordinal]) => !here.has(ordinal)).forEach(([ordinal, cell]) => {
        cell.group.remove();
        this.#cells.delete(ordinal);
      });
    }
    // One of them can be reached by the tabulator; the arrows lead to the others.
    const stop = this.#cells.get(this.#focused ?? NaN) ?? this.#cells.get(this.#ordinals[0] ?? NaN);
    if (stop !== this.#stop) {
      this.#stop !== undefined && set(this.#stop.pod.group, { tabindex: -1 });
      stop !== undefined && set(stop.pod.group, { tabindex: 0 });
      this.#stop = stop;
    }
  }

  #placed: Layout | undefined;
  #stop: Cell | undefined;

  #added(ordinal: number, size: Size, spec: SetSpec): Cell {
    const { width, height } = SIZES[size];
    const isSmall = size === "dot" || size === "speck";
    const radius = size === "card" ? 10 : size === "tile" ? 8 : 3;
    const title = s("title");
    const frame = s("rect", { class: "frame", width, height, rx: radius });
    const shape = s("path", { class: "shape", transform: transformOf(size) });
    const pod = s("g", { class: "pod", role: "button", tabindex: -1, "data-ordinal": ordinal }, title, frame);
    if (!isSmall) {
      pod.append(
        s("path", { class: "band" }),
        s("text", { class: "ordinal", x: size === "card" ? 18 : 14, y: size === "card" ? 38 : 26 }, ordinal),
        s("g", { class: "body" }, shape, ...(size === "card" ? LINES.map(([name, y]) => s("text", { class: name, x: 18, y })) : [])),
      );
      if (size === "card") {
        // Identity outlives the Pod: the place says what it is without one.
        pod.append(s("text", { class: "absent", x: 18, y: 66 }, "no Pod"));
        pod.append(s("circle", { class: "ring", cx: width - 24, cy: 28, r: 14 }));
      }
    } else {
      pod.append(shape);
    }
    const claims = s("g", { class: "claims", transform: `translate(0 ${height + (size === "card" ? 12 : 3)})` });
    const group = s("g", { class: "cell" }, claims, pod);
    this.#pods.append(group);
    const name = `${spec.name}-${ordinal}`;
    const cell: Cell = { group, pod: { group: pod, title, frame, shape }, claims, name, key: keyOf(spec.namespace, name), place: undefined, was: undefined, drawn: "", uid: undefined };
    this.#cells.set(ordinal, cell);
    return cell;
  }

  #drawPod(cell: Cell, pod: Pod | undefined, name: string, inRange: boolean, mark: string, scene: Scene, size: Size): void {
    const { width, height } = SIZES[size];
    const { group, title, frame, shape } = cell.pod;
    const isSmall = size === "dot" || size === "speck";
    const look = lookOf(pod);
    const revision = pod?.revision === undefined ? -1 : scene.world.revisions.indexOf(pod.revision);
    set(group, {
      "data-look": look,
      "data-mark": mark || undefined,
      "data-range": inRange ? undefined : "out",
    });
    // A title and not a label: it is also what a mouse is told.
    say(title, `Pod ${name}: ${WORDS[look]}${pod === undefined ? (inRange ? "" : ", out of range") : `, ${pod.status}${pod.node === undefined ? "" : `, on ${pod.node}`}`}`);
    // What has gone fades as it was; its shape and words stay until something else takes the place.
    if (pod !== undefined || isSmall) {
      set(shape, { d: SHAPES[look] });
    }
    if (pod !== undefined && !isSmall) {
      set(group.querySelector(".band") as Element, { d: `M10 0a10 10 0 0 0-10 10v${height - 20}a10 10 0 0 0 10 10z`, "data-revision": revision % 4, transform: size === "tile" ? "scale(.7 1)" : undefined });
    }
    if (pod !== undefined && size === "card") {
      const text = (line: string, words: string): void => say(group.querySelector(`.${line}`) as Element, words);
      text("status", shortened(pod.status, 24));
      // Long words such as CreateContainerConfigError are drawn narrower.
      set(group.querySelector(".status") as Element, { textLength: pod.status.length > 13 ? width - 26 : undefined, lengthAdjust: pod.status.length > 13 ? "spacingAndGlyphs" : undefined });
      text("ready", `${pod.ready} ready${pod.restarts === "0" ? "" : `, ${pod.restarts.split(" ")[0]}×`}`);
      text("node", pod.node ?? "no node");
      text("revision", pod.revision?.slice(pod.revision.lastIndexOf("-") + 1) ?? "");
    }
    if (isSmall) {
      // Hundreds of fades at once are no motion that anybody could follow.
      set(frame, { "data-revision": revision < 0 ? undefined : revision % 4 });
    } else if (cell.uid !== undefined && pod !== undefined && pod.uid !== cell.uid && !isStill()) {
      group.animate([{ opacity: 0.2 }, { opacity: 1 }], { duration: 220, easing: "ease-out" });
    }
  }

  #drawBoxes(layout: Layout, grouping: Grouping): void {
    if (grouping === "ordinals" && this.#boxed === layout) {
      return;
    }
    this.#boxed = layout;
    const labels = grouping === "ordinals" && (layout.size === "dot" || layout.size === "speck") ? this.#rowLabels(layout) : [];
    const boxes = layout.boxes.flatMap(({ name, x, y, width, height }) => {
      const state = name === "" ? "none" : (this.#reelNode(name) ?? "up");
      return [
        s("rect", { class: "box", "data-state": state, x, y, width, height, rx: 10 }),
        s("text", { class: "box-name", x: x + 12, y: y + 21 }, `${name || "no node"}${state === "up" || state === "none" ? "" : " ✕ down"}`),
      ];
    });
    const drawn = [...labels, ...boxes];
    const key = drawn.map((one) => one.outerHTML).join("");
    if (this.#boxes.dataset.key !== key) {
      this.#boxes.dataset.key = key;
      this.#boxes.replaceChildren(...drawn);
    }
  }

  #world: World | undefined;
  #boxed: Layout | undefined;

  #reelNode(name: string): string | undefined {
    return this.#world?.nodes.get(name)?.state;
  }

  #rowLabels(layout: Layout): SVGElement[] {
    const { height } = SIZES[layout.size];
    const first = this.#ordinals[0] ?? 0;
    const left = layout.places.get(first)?.x;
    let row = 0;
    return this.#ordinals.flatMap((ordinal) => {
      const place = layout.places.get(ordinal);
      if (place === undefined || place.x !== left) {
        return [];
      }
      row += 1;
      return layout.size === "speck" && row % 2 === 0 ? [] : [s("text", { class: "row", x: place.x - 6, y: place.y + height - 3, "text-anchor": "end" }, ordinal)];
    });
  }

  /** The line from the ordinal that is held back to what blocks it. */
  #drawLines(scene: Scene, layout: Layout): void {
    const { sentence, spec, grouping } = scene;
    const ordinal = (name: string | undefined): number => Number(name?.slice(spec.name.length + 1) ?? NaN);
    const [from, to] = [layout.places.get(ordinal(sentence.held)), layout.places.get(ordinal(sentence.pod))];
    const isDrawn = from !== undefined && to !== undefined && from !== to && layout.size === "card" && grouping === "ordinals";
    const key = isDrawn ? `${from.x} ${to.x} ${sentence.tone}` : "";
    if (this.#lines.dataset.key === key) {
      return;
    }
    this.#lines.dataset.key = key;
    if (!isDrawn) {
      this.#lines.replaceChildren();
      return;
    }
    const [x, end, y] = [from.x + SIZES.card.width / 2, to.x + SIZES.card.width / 2, from.y];
    const bend = `M${x} ${y - 4}C${x} ${y - 34} ${end} ${y - 34} ${end} ${y - 10}`;
    this.#lines.replaceChildren(
      s("path", { class: "blocker", "data-tone": sentence.tone, d: bend }),
      s("path", { class: "arrow", "data-tone": sentence.tone, d: `M${end - 5} ${y - 12}h10l-5 8z` }),
    );
  }

  #clicked(target: Element): void {
    const claim = target.closest<SVGGElement>(".claim");
    const pod = target.closest<SVGGElement>(".pod");
    const name = claim?.dataset.name ?? pod?.firstElementChild?.textContent?.match(/^Pod ([^:]+)/)?.[1];
    const near = claim ?? pod;
    if (name !== undefined && near !== null) {
      this.#choose(name, near);
    }
  }

  #pressed(event: KeyboardEvent): void {
    const target = (event.target as Element).closest<SVGGElement>(".pod, .claim");
    if (target === null) {
      return;
    }
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      event.stopPropagation();
      this.#clicked(target);
      return;
    }
    const moves: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1 };
    const by = moves[event.key];
    const here = this.#ordinals.indexOf(Number(target.dataset.ordinal));
    if (by === undefined || here < 0 || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    const next = this.#ordinals[Math.max(0, Math.min(this.#ordinals.length - 1, here + by))];
    const cell = next === undefined ? undefined : this.#cells.get(next);
    if (cell !== undefined) {
      set(target, { tabindex: -1 });
      this.#stop !== undefined && set(this.#stop.pod.group, { tabindex: -1 });
      set(cell.pod.group, { tabindex: 0 });
      this.#focused = next;
      this.#stop = cell;
      cell.pod.group.focus();
    }
  }
}

const LINES: readonly (readonly [string, number])[] = [
  ["status", 66],
  ["ready", 84],
  ["node", 102],
  ["revision", 119],
];

function transformOf(size: Size): string {
  const places: Record<Size, string> = { card: "translate(91 19) scale(1.125)", tile: "translate(45 41)", dot: "translate(1 1)", speck: "translate(-.5 -.5) scale(.62)" };
  return places[size];
}

/** A ring that empties: the grace period of a Pod that terminates, or `minReadySeconds` of one that is ready. */
function drawRing(group: SVGGElement, pod: Pod | undefined, { spec, at }: Scene): void {
  const ring = group.querySelector<SVGCircleElement>(".ring");
  const [since, span] = pod?.terminatingSince !== undefined ? [pod.terminatingSince, spec.grace] : pod?.readySince !== undefined ? [pod.readySince, spec.minReady] : [0, 0];
  const left = span > 0 ? Math.max(0, 1 - (at - since) / span) : 0;
  const around = 2 * Math.PI * 14;
  if (ring !== null) {
    set(ring, { "stroke-dasharray": left > 0 ? `${(left * around).toFixed(1)} ${around.toFixed(1)}` : "0 88", visibility: left > 0 ? undefined : "hidden" });
  }
}

function shortened(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

