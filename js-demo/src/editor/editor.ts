// The YAML of the story: loaded when it is first opened. What is written is played; what cannot be played changes nothing.

import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, foldGutter, foldKeymap, HighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { forceLinting, linter, lintGutter, lintKeymap, type Diagnostic } from "@codemirror/lint";
import { MergeView, unifiedMergeView } from "@codemirror/merge";
import { EditorState, type Text } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import type { Finding, KubernetesObject, ScenarioEvent } from "steadfast";
import { clerk, judge } from "../core/client.ts";
import { keyOf } from "../model/set.ts";
import { clockOf, parseScenario, spanOf, withEvent } from "../model/story.ts";
import { change, cursor, isRunning, life, notice, open as openStory } from "../store.ts";
import { fill, h, say, set, watch } from "../view/dom.ts";
import style from "../style/code.css?inline";
import { complete, documentation } from "./fields.ts";
import { judged } from "./change.ts";
import { fixesOf } from "./fixes.ts";
import { lineOf } from "./path.ts";

/** The longest text that is taken, in characters. */
const LIMIT = 1_000_000;

let view: EditorView | undefined;
/** True while the text is put there by the page and not by a person. */
let isSetting = false;
/** Whether a person has written: until then there is nothing that a judge should say, and its module is not loaded. */
let isTouched = false;
/** The text is a change that is to be applied at the cursor, and not the story's beginning. */
let isDraft = false;

/** Old and new side by side, while a change is drafted and there is room. */
let merged: MergeView | undefined;
/** From this width of the window on there is room for two texts. */
const ROOM = 1_100;

/** Makes the editor in its place. */
export function open(holder: HTMLElement): void {
  const place = h("div", { class: "code" });
  const root = place.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  root.adoptedStyleSheets = [sheet];
  const changes = h("div", { class: "changes", role: "status" });
  const show = (doc: string): void => {
    merged?.destroy();
    view?.destroy();
    const original = life.peek().story.yaml;
    const isBeside = isDraft && innerWidth >= ROOM;
    const own = extensions(changes);
    merged = isBeside ? new MergeView({ parent: root, root, a: { doc: original, extensions: [...reading(), EditorState.readOnly.of(true), EditorView.contentAttributes.of({ "aria-label": "Manifests before the change" })] }, b: { doc, extensions: own } }) : undefined;
    view = merged?.b ?? new EditorView({ parent: root, root, state: EditorState.create({ doc, extensions: [own, isDraft ? unifiedMergeView({ original, mergeControls: false }) : []] }) });
    set(document.querySelector("#app") as Element, { "data-draft": isBeside || undefined });
  };
  show(life.peek().story.yaml);
  fill(holder, toolbar(changes, show), place, changes);
  watch(() => {
    const text = life.value.story.yaml;
    if (!isDraft) {
      put(text);
    }
  });
  watch(() => {
    void life.value.story.kubernetes;
    view && forceLinting(view);
  });
}

/** Shows the line of a field of the set. */
export function showField(field: string): void {
  if (view === undefined) {
    return;
  }
  const line = lineOf(view.state.doc.toString(), field);
  if (line === undefined) {
    notice.value = `${field} is not written in the manifest: its default counts.`;
    return;
  }
  showLine(line);
}

function showLine(number: number): void {
  if (view !== undefined && number <= view.state.doc.lines) {
    const { from, to } = view.state.doc.line(number);
    view.dispatch({ selection: { anchor: from, head: to }, effects: EditorView.scrollIntoView(from, { y: "center" }) });
    view.focus();
  }
}

function put(text: string): void {
  if (view === undefined || view.state.doc.toString() === text) {
    return;
  }
  isSetting = true;
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
  isSetting = false;
}

/** What a text needs to be read. */
function reading() {
  return [lineNumbers(), drawSelection(), yaml(), syntaxHighlighting(COLOURS), EditorState.tabSize.of(2), EditorView.lineWrapping];
}

function extensions(changes: HTMLElement) {
  let timer = 0;
  return [
    reading(),
    highlightActiveLineGutter(),
    history(),
    foldGutter(),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    highlightActiveLine(),
    autocompletion({ override: [complete], icons: false }),
    documentation,
    lintGutter(),
    linter((at) => diagnostics(at.state.doc), { delay: 300 }),
    EditorView.contentAttributes.of({ "aria-label": "Manifests as YAML" }),
    keymap.of([
      { key: "Escape", run: () => (document.querySelector<HTMLElement>(".play")?.focus(), true) },
      ...closeBracketsKeymap,
      ...defaultKeymap,
      ...historyKeymap,
      ...foldKeymap,
      ...completionKeymap,
      ...lintKeymap,
      indentWithTab,
    ]),
    EditorState.transactionFilter.of((transaction) => {
      if (transaction.docChanged && !isSetting && transaction.newDoc.length > LIMIT) {
        notice.value = `That is ${(transaction.newDoc.length / 1_000_000).toFixed(1)} million characters; the editor takes one million. Export what you need of it, or use the command line.`;
        return [];
      }
      return transaction;
    }),
    EditorView.updateListener.of((update) => {
      if (!update.docChanged || isSetting) {
        return;
      }
      isTouched = true;
      clearTimeout(timer);
      timer = setTimeout(() => void written(update.view.state.doc.toString(), changes), 250) as unknown as number;
    }),
  ];
}

/** What was written is the story's beginning, or a draft of a change; a whole scenario is opened as one. */
async function written(text: string, changes: HTMLElement): Promise<void> {
  if (/^(timeline|objects|settings):/m.test(text)) {
    const contents = await clerk.read(text);
    const first = contents.ok ? contents.value.objects[0]?.object : undefined;
    const objects = (first as { objects?: unknown } | undefined)?.objects;
    const manifests = Array.isArray(objects) ? await clerk.write(objects) : undefined;
    const story = parseScenario(first, () => (manifests?.ok ? manifests.value : ""));
    if (story !== undefined) {
      notice.value = "That is a whole scenario: it is opened.";
      openStory(story, "");
      return;
    }
  }
  if (isDraft) {
    return judged(text, changes, showLine);
  }
  isRunning.value = false;
  change((story) => ({ ...story, yaml: text }));
}

function toolbar(changes: HTMLElement, show: (doc: string) => void): HTMLElement {
  const start = h("button", { type: "button", onclick: () => turn(false) }, "At the beginning");
  const draft = h("button", { type: "button", onclick: () => turn(true) });
  const apply = h("button", { type: "button", class: "primary", onclick: () => void applied() });
  const format = h("button", { type: "button", class: "quiet", onclick: () => void formatted() }, "Format");
  const turn = (to: boolean): void => {
    isDraft = to;
    set(start, { "aria-pressed": String(!to) });
    set(draft, { "aria-pressed": String(to) });
    apply.hidden = !to;
    show(to ? (view?.state.doc.toString() ?? "") : life.peek().story.yaml);
    if (to) {
      void view?.focus();
      void judged(view?.state.doc.toString() ?? "", changes, showLine);
    } else {
      fill(changes);
    }
  };
  const applied = async (): Promise<void> => {
    const [before, after] = await Promise.all([clerk.read(life.peek().story.yaml), clerk.read(view?.state.doc.toString() ?? "")]);
    if (!before.ok || !after.ok) {
      notice.value = "This cannot be read yet: nothing was applied.";
      return;
    }
    const old = new Map(before.value.objects.map(({ object }) => [nameOf(object), JSON.stringify(object)]));
    const changed = after.value.objects.filter(({ object }) => old.get(nameOf(object)) !== JSON.stringify(object));
    const at = spanOf(Math.round(cursor.peek().at));
    if (changed.length === 0) {
      notice.value = "Nothing is different: nothing was applied.";
      return;
    }
    turn(false);
    change((story) => changed.reduce((so, { object }) => withEvent(so, { at, apply: object } as ScenarioEvent), story));
    notice.value = `Applied at ${at}: ${changed.map(({ object }) => `${object.kind} ${object.metadata?.name}`).join(", ")}.`;
  };
  watch(() => {
    const at = clockOf(cursor.value.at);
    say(draft, `A change at ${at}`);
    say(apply, `Apply at ${at}`);
  });
  set(start, { "aria-pressed": "true" });
  set(draft, { "aria-pressed": "false" });
  apply.hidden = true;
  return h("div", { class: "toolbar", role: "group", "aria-label": "What the text is" }, start, draft, apply, format);
}

function nameOf(object: KubernetesObject): string {
  return `${object.kind} ${keyOf(object.metadata?.namespace, object.metadata?.name ?? "")}`;
}

async function formatted(): Promise<void> {
  const contents = await clerk.read(view?.state.doc.toString() ?? "");
  const text = contents.ok ? await clerk.write(contents.value.objects.map(({ object }) => object)) : contents;
  if (!text.ok) {
    notice.value = `This cannot be read yet: ${text.error.message}.`;
    return;
  }
  view?.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text.value } });
  notice.value = "Written as kubectl writes it; comments are gone. Ctrl-Z brings them back.";
}

async function diagnostics(doc: Text): Promise<Diagnostic[]> {
  if (!isTouched) {
    return [];
  }
  const { kubernetes, featureGates } = life.peek().story;
  const linted = await judge.lint(doc.toString(), { kubernetes, featureGates });
  return linted.ok ? linted.value.findings.map((finding) => diagnosticOf(finding, doc)) : [];
}

function diagnosticOf(finding: Finding, doc: Text): Diagnostic {
  const { severity, message, remedy, span } = finding;
  const place = (at: { readonly line: number; readonly column: number } | undefined): number => {
    const line = doc.line(Math.max(1, Math.min(at?.line ?? 1, doc.lines)));
    // Columns count characters, the editor counts halves of surrogate pairs too.
    return Math.min(line.to, line.from + [...line.text].slice(0, (at?.column ?? 1) - 1).join("").length);
  };
  const from = place(span?.start);
  const to = Math.max(from, place(span?.end));
  const actions = fixesOf(finding, doc.toString(), from, to).map(({ name, change }) => ({ name, apply: (at: EditorView) => at.dispatch({ changes: change, userEvent: "input.fix" }) }));
  return { from, to, severity: severity === "note" ? "info" : severity, message: remedy === undefined ? message : `${message}\n${remedy}`, actions };
}

const COLOURS = HighlightStyle.define([
  { tag: tags.definition(tags.propertyName), class: "tok-key" },
  { tag: tags.propertyName, class: "tok-key" },
  { tag: tags.string, class: "tok-string" },
  { tag: tags.comment, class: "tok-comment" },
  { tag: tags.meta, class: "tok-meta" },
]);
