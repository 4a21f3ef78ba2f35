// The YAML of the story: loaded when it is first opened. What is written is played; what cannot be played changes nothing.

import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyField, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, foldGutter, foldKeymap, HighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { linter, lintGutter, lintKeymap, type Diagnostic } from "@codemirror/lint";
import { MergeView, unifiedMergeView } from "@codemirror/merge";
import { EditorState, StateEffect, Transaction, type Text } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { computed } from "@preact/signals-core";
import type { Finding, ScenarioEvent } from "steadfast";
import { clerk, judge } from "../core/client.ts";
import { clockOf, parseScenario, spanOf, withEvent } from "../model/story.ts";
import { change, cursor, isRunning, life, notice, open as openStory } from "../store.ts";
import { fill, h, say, set, watch } from "../view/dom.ts";
import style from "../style/code.css?inline";
import { complete, documentation } from "./fields.ts";
import { forget, judged, keepText, manifestsAt, nameOf } from "./change.ts";
import { fixesOf } from "./fixes.ts";
import { nameOf as nameOfVersion, withRecreate } from "../model/versions.ts";
import { lineOf } from "./path.ts";

/** The longest text that is taken, in characters. */
const LIMIT = 1_000_000;

let view: EditorView | undefined;
/** True while the text is put there by the page and not by a person. */
let isSetting = false;
/** Whether a person has written: until then there is nothing that a judge should say, and its module is not loaded. */
let isTouched = false;
/** The text is to be looked at once more, though it is the same. */
const rejudged = StateEffect.define<null>();

/** The text is a change that is to be applied at the cursor, and not the story's beginning. */
let isDraft = false;
/** What the draft is compared with: the manifests as they were applied last, and the beginning of the story that it was begun in. */
let original = "";
let story = "";

/** A text that is left for another one, with what can be undone in it. */
interface Left {
  readonly original: string;
  readonly doc: string;
  readonly undo: unknown;
}

/** Drafts that were left without being applied, by what they change: each is there again where its story is. */
const drafts = new Map<string, Left>();
/** The beginning, while a draft is open. */
let beginning: Left | undefined;
/** What was written a moment ago and is not played yet. */
let pending: { readonly timer: number; readonly now: () => void } | undefined;

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
  const show = (doc: string, undo: unknown): void => {
    merged?.destroy();
    view?.destroy();
    const isBeside = isDraft && innerWidth >= ROOM;
    const own = [extensions(changes), undo === undefined ? [] : historyField.init(() => undo)];
    merged = isBeside ? new MergeView({ parent: root, root, a: { doc: original, extensions: [...reading(), EditorState.readOnly.of(true), EditorView.contentAttributes.of({ "aria-label": "Manifests before the change" })] }, b: { doc, extensions: own } }) : undefined;
    view = merged?.b ?? new EditorView({ parent: root, root, state: EditorState.create({ doc, extensions: [own, isDraft ? unifiedMergeView({ original, mergeControls: false }) : []] }) });
    set(document.querySelector("#app") as Element, { "data-draft": isBeside || undefined });
  };
  show(life.peek().story.yaml, undefined);
  const { bar, turn } = toolbar(changes, show);
  fill(holder, bar, place, changes);
  let known = life.peek().story.yaml;
  watch(() => {
    const text = life.value.story.yaml;
    // A story that was played meanwhile is no other text: what has been written since stays, and the cursor where it is.
    if (text === known) {
      return;
    }
    known = text;
    if (isDraft && text !== story) {
      // Another story, or another beginning: what is drafted is no change of it.
      void turn(false);
      if (drafts.has(original)) {
        notice.value = "The change that was not applied belongs to another story: it is there again when you go back to that one.";
      }
    }
    if (!isDraft) {
      put(text);
    }
  });
  // Another Kubernetes finds other faults in the same text.
  const judges = computed(() => nameOfVersion(life.value.story));
  watch(() => {
    void judges.value;
    view?.dispatch({ effects: rejudged.of(null) });
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
  // What another story says is nothing to be undone.
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, annotations: Transaction.addToHistory.of(false) });
  isSetting = false;
}

/** What a text needs to be read. */
function reading() {
  return [lineNumbers(), drawSelection(), yaml(), syntaxHighlighting(COLOURS), EditorState.tabSize.of(2), EditorView.lineWrapping];
}

function extensions(changes: HTMLElement) {
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
    linter((at) => diagnostics(at.state.doc), { delay: 300, needsRefresh: ({ transactions }) => transactions.some(({ effects }) => effects.some((one) => one.is(rejudged))) }),
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
      clearTimeout(pending?.timer);
      const now = (): void => {
        clearTimeout(pending?.timer);
        pending = undefined;
        void written(update.view.state.doc.toString(), changes);
      };
      pending = { now, timer: setTimeout(now, 250) as unknown as number };
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
    return judged(original, text, changes, showLine);
  }
  isRunning.value = false;
  change((story) => ({ ...story, yaml: text }));
}

function toolbar(changes: HTMLElement, show: (doc: string, undo: unknown) => void): { readonly bar: HTMLElement; readonly turn: (to: boolean) => Promise<void> } {
  const start = h("button", { type: "button", onclick: () => void turn(false) }, "At the beginning");
  const later = h("button", { type: "button", onclick: () => void turn(true) });
  const apply = h("button", { type: "button", class: "primary", onclick: () => void applied() });
  const format = h("button", { type: "button", class: "quiet", onclick: () => void formatted() }, "Format");
  const turn = async (to: boolean): Promise<void> => {
    if (to === isDraft) {
      return;
    }
    // What was written is played first; what was drafted need not be judged any more.
    isDraft ? clearTimeout(pending?.timer) : pending?.now();
    pending = undefined;
    const text = life.peek().story.yaml;
    const applied = to ? await manifestsAt(life.peek().story, cursor.peek().at) : "";
    if (to === isDraft || life.peek().story.yaml !== text) {
      return;
    }
    const here: Left = { original, doc: view?.state.doc.toString() ?? "", undo: view?.state.field(historyField, false) };
    isDraft = to;
    if (to) {
      [original, story] = [applied, text];
      beginning = here;
      const kept = drafts.get(applied) ?? (applied === here.doc ? here : { doc: applied, undo: undefined });
      show(kept.doc, kept.undo);
    } else {
      here.doc === original ? drafts.delete(original) : drafts.set(original, here);
      show(text, beginning?.doc === text ? beginning.undo : undefined);
    }
    set(start, { "aria-pressed": String(!to) });
    set(later, { "aria-pressed": String(to) });
    apply.hidden = !to;
    if (to) {
      view?.focus();
      void judged(original, view?.state.doc.toString() ?? "", changes, showLine);
    } else {
      forget();
      fill(changes);
    }
  };
  const applied = async (): Promise<void> => {
    const text = view?.state.doc.toString() ?? "";
    const [before, after] = await Promise.all([clerk.read(original), clerk.read(text)]);
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
    await turn(false);
    drafts.delete(original);
    change((story) => changed.reduce((so, { object }) => withEvent(so, { at, apply: object } as ScenarioEvent), story));
    keepText(life.peek().story, cursor.peek().at, text);
    notice.value = `Applied at ${at}: ${changed.map(({ object }) => `${object.kind} ${object.metadata?.name}`).join(", ")}.`;
  };
  watch(() => {
    const at = clockOf(cursor.value.at);
    say(later, `A change at ${at}`);
    say(apply, `Apply at ${at}`);
  });
  set(start, { "aria-pressed": "true" });
  set(later, { "aria-pressed": "false" });
  apply.hidden = true;
  return { bar: h("div", { class: "toolbar", role: "group", "aria-label": "What the text is" }, start, later, apply, format), turn };
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
  if (severity === "error" && finding.field === "spec.updateStrategy" && message.includes('"Recreate": must be')) {
    const { name, how } = withRecreate(life.peek().story);
    actions.push({ name, apply: () => change(how) });
  }
  return { from, to, severity: severity === "note" ? "info" : severity, message: remedy === undefined ? message : `${message}\n${remedy}`, actions };
}

const COLOURS = HighlightStyle.define([
  { tag: tags.definition(tags.propertyName), class: "tok-key" },
  { tag: tags.propertyName, class: "tok-key" },
  { tag: tags.string, class: "tok-string" },
  { tag: tags.comment, class: "tok-comment" },
  { tag: tags.meta, class: "tok-meta" },
]);
