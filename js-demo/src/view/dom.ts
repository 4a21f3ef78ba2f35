import { effect } from "@preact/signals-core";

type Child = Node | string | number | false | undefined | null;
type Attributes = Record<string, string | number | boolean | undefined | ((event: never) => void)>;

const SVG = "http://www.w3.org/2000/svg";

/** An element with attributes, listeners (`onclick`) and children; text is always text. */
export function h<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, attributes: Attributes = {}, ...children: readonly Child[]): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  set(element, attributes);
  element.append(...kept(children));
  return element;
}

/** The same of SVG. */
export function s<Tag extends keyof SVGElementTagNameMap>(tag: Tag, attributes: Attributes = {}, ...children: readonly Child[]): SVGElementTagNameMap[Tag] {
  const element = document.createElementNS(SVG, tag);
  set(element, attributes);
  element.append(...kept(children));
  return element;
}

/** Gives attributes; `undefined` and `false` take them away. */
export function set(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      element.addEventListener(name.slice(2), value as EventListener);
    } else if (value === undefined || value === false) {
      element.removeAttribute(name);
    } else {
      const text = value === true ? "" : String(value);
      if (element.getAttribute(name) !== text) {
        element.setAttribute(name, text);
      }
    }
  }
}

/** Text that is touched only where it is another one. */
export function say(element: Element, text: string): void {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

/** Puts other children in place of those that are there. */
export function fill(element: Element, ...children: readonly Child[]): void {
  element.replaceChildren(...kept(children));
}

/** Does it now, and again when a signal that it reads has changed. */
export function watch(what: () => void): void {
  effect(what);
}

/** The text with names in backticks as buttons. */
export function withNames(text: string, follow: (name: string) => void): (Node | string)[] {
  return text.split(/`([^`]+)`/).map((part, index) =>
    index % 2 === 0 ? part : h("button", { type: "button", class: "name", onclick: () => follow(part) }, part),
  );
}

/** Text whose names, such as `web-1`, do not break at their hyphens. */
export function sayWhole(element: Element, text: string): void {
  if (element.textContent !== text) {
    fill(element, ...text.split(/(\S+-\S+)/).map((part, index) => (index % 2 === 0 || part.length > 30 ? part : h("span", { class: "whole" }, part))));
  }
}

/** The dialogs that were made: which is open is asked at every key, and is not looked for in the whole page. */
const dialogs: HTMLDialogElement[] = [];

/** A dialog with its title's id. */
export function dialogOf(className: string, title: string, ...children: readonly Child[]): HTMLDialogElement {
  const made = h("dialog", { class: className, "aria-labelledby": title }, ...children);
  dialogs.push(made);
  return made;
}

/** Whether a dialog is open, so that keys are its own. */
export function isDialogOpen(): boolean {
  return dialogs.some(({ open }) => open);
}

/** Whether motion is not wanted. */
export function isStill(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

function kept(children: readonly Child[]): (Node | string)[] {
  return children.filter((child) => child !== false && child !== undefined && child !== null).map((child) => (typeof child === "number" ? String(child) : child));
}
