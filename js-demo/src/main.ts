import "./style/base.css";
import "./style/page.css";
import "./style/over.css";
import "./style/picture.css";
import "./style/time.css";
import "./style/panels.css";
import { warm } from "./core/client.ts";
import { address, followed, isFirstVisit, keep, pick, restore, share } from "./keep.ts";
import { isEditorOpen, life, lives, notice, scenario, startClock } from "./store.ts";
import { h, set, watch } from "./view/dom.ts";
import { header } from "./view/header.ts";
import { listen } from "./view/keys.ts";
import { stage } from "./view/stage.ts";
import { tabs } from "./view/tabs.ts";
import { timeline } from "./view/timeline.ts";

// The controller loads while the page is drawn; the first scenario is drawn without it, and before it.
const isFirst = isFirstVisit();
isFirst || warm();

const isEmbedded = new URLSearchParams(location.search).get("embed") === "1";
const app = document.querySelector<HTMLElement>("#app") ?? document.body;

let editor: Promise<typeof import("./editor/editor.ts")> | undefined;
const holder = h("section", { class: "editor", "aria-label": "Manifests", hidden: true });

/** The editor, which is loaded when it is first opened. */
function loaded(): Promise<typeof import("./editor/editor.ts")> {
  if (editor === undefined) {
    holder.append(h("p", { class: "empty" }, "Loading the editor …"));
    editor = import("./editor/editor.ts");
    editor.then(
      (module) => module.open(holder),
      () => {
        editor = undefined;
        notice.value = "The editor could not be loaded: is the network there?";
      },
    );
  }
  return editor;
}

/** Where there is room, the YAML stands beside the picture, once the picture is there. */
function openBeside(): void {
  let isDone = innerWidth < 1_100;
  watch(() => {
    if (!isDone && life.value.reel !== undefined) {
      isDone = true;
      setTimeout(() => (isEditorOpen.value = true), 300);
    }
  });
}

/** Follows a field to its line in the YAML. */
function showField(field: string): void {
  isEditorOpen.value = true;
  void loaded().then((module) => module.showField(field));
}

const picked = (name: string): void => void pick(name);
const shared = (): void => void share();

set(app, { "data-embed": isEmbedded || undefined });
app.append(
  ...(isEmbedded ? [] : [h("a", { class: "skip", href: "#stage" }, "To the picture"), header(picked, shared)]),
  h("div", { class: "work" }, ...(isEmbedded ? [] : [holder]), h("div", { class: "right" }, stage(showField, picked), ...(isEmbedded ? [] : [tabs(showField)]))),
  timeline(),
);

watch(() => {
  set(app, { "aria-busy": lives.value.some((one) => one.isPlaying) ? "true" : undefined, "data-story": scenario.value });
});

if (isEmbedded) {
  const link = h("a", { class: "opens", target: "_blank", rel: "noopener" }, "Open in the playground");
  app.append(link);
  watch(() => {
    void life.value;
    void address().then((url) => set(link, { href: url }));
  });
  link.addEventListener("pointerdown", () => void address().then((url) => set(link, { href: url })));
} else {
  watch(() => {
    const isOpen = isEditorOpen.value;
    holder.hidden = !isOpen;
    set(app, { "data-editor": isOpen || undefined });
    isOpen && void loaded();
  });
  listen(shared);
  keep();
  openBeside();
}

addEventListener("hashchange", () => location.hash.length > 1 && !location.hash.startsWith("#stage") && void followed(location.hash.slice(1)));
startClock();
void restore();
isFirst && requestAnimationFrame(() => setTimeout(warm));

let timer = 0;
watch(() => {
  if (notice.value !== "") {
    clearTimeout(timer);
    timer = setTimeout(() => (notice.value = ""), 12_000) as unknown as number;
  }
});

if (import.meta.env.PROD && "serviceWorker" in navigator && !isEmbedded) {
  // It fetches all that there is: what is looked at comes first.
  addEventListener("load", () => setTimeout(() => void navigator.serviceWorker.register("./sw.js").catch(() => undefined), 1_500));
}
