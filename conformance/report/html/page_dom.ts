/**
 * The only module of the page that touches the browser; see `page_script.ts`. Text is only ever set as text: nothing
 * is parsed as markup.
 *
 * What is used of the DOM is declared here in a few lines: TypeScript's own `dom` library would change the types of
 * streams and timers in every program that imports this project.
 * @module
 */
import type { Shape } from "../wire/shape.ts";

/** An element of the page (WHATWG DOM, section 4.9), as far as it is used here. */
export interface PageElement {
  /** Its text. */
  textContent: string | null;
  /** What is typed into a field. */
  readonly value?: string;
  /** How far it is scrolled, in pixels. */
  scrollTop: number;
  /** Height of what is seen of it, in pixels. */
  readonly clientHeight: number;
  /** Height with its border, in pixels. */
  readonly offsetHeight: number;
  /** Its name in capitals. */
  readonly tagName: string;
  /** Elements in it. */
  readonly children: { readonly length: number };
  /** Its look. */
  readonly style: { setProperty(name: string, value: string): void };
  /** Sets an attribute. */
  setAttribute(name: string, value: string): void;
  /** An attribute. */
  getAttribute(name: string): string | null;
  /** Takes an attribute away. */
  removeAttribute(name: string): void;
  /** Adds to what is in it. */
  append(...children: readonly (PageElement | string)[]): void;
  /** Replaces what is in it. */
  replaceChildren(...children: readonly (PageElement | string)[]): void;
  /** Listens. */
  addEventListener(type: string, act: (event: PageEvent) => void): void;
  /** The nearest element around it, itself included, that matches. */
  closest(selector: string): PageElement | null;
  /** Gives it the keys. */
  focus(): void;
}

/** Something that the reader did. */
export interface PageEvent {
  /** The key. */
  readonly key: string;
  /** Where. */
  readonly target: PageElement;
  /** Keeps the browser from doing what it usually does then. */
  preventDefault(): void;
}

/** The window, as far as it is used here. */
export interface PageWindow {
  /** The clipboard, where the browser gives it to pages. */
  readonly navigator: { readonly clipboard?: { writeText(text: string): Promise<void> } };
  /** What is selected. */
  getSelection(): { selectAllChildren(of: PageElement): void };
  /** Tells changes of size. */
  readonly ResizeObserver: new (act: () => void) => { observe(of: PageElement): void };
  /** Calls before the next picture. */
  requestAnimationFrame(act: () => void): void;
  /** Listens. */
  addEventListener(type: string, act: () => void): void;
  /** Prints. */
  print(): void;
}

/** The page, as far as it is used here. */
export interface Page {
  /** The element around everything. */
  readonly documentElement: PageElement;
  /** The window. */
  readonly defaultView: PageWindow;
  /** The element with an id. */
  getElementById(id: string): PageElement | null;
  /** Makes an element. */
  createElement(name: string): PageElement;
  /** Makes an element of another language, such as SVG. */
  createElementNS(namespace: string, name: string): PageElement;
  /** Listens. */
  addEventListener(type: string, act: (event: PageEvent) => void): void;
}

declare const document: Page;

/** The page that this runs in. */
export function thePage(): Page {
  return document;
}

/** An element with attributes and what is in it. */
export function el(
  name: string,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly (PageElement | string)[]
): PageElement {
  const made = thePage().createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** A drawing as an element. */
export function drawn({ name, attributes, children }: Shape): PageElement {
  const made = thePage().createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key !== "xmlns") made.setAttribute(key, String(value));
  }
  made.append(...children.map((child) => typeof child === "string" ? child : drawn(child)));
  return made;
}

/** The element with this id, which the page has. */
export function byId(id: string): PageElement {
  const found = thePage().getElementById(id);
  if (found === null) throw new Error(`The page has no #${id}`);
  return found;
}

/** A box that scrolls sideways, also by keyboard. */
export function scroller(about: string, ...children: readonly PageElement[]): PageElement {
  const attributes = { class: "scroll", tabindex: "0", role: "region", "aria-label": about };
  return el("div", attributes, ...children);
}

/** Something that can be folded away. */
export function folded(
  title: string,
  open: boolean,
  ...children: readonly PageElement[]
): PageElement {
  return el("details", open ? { open: "" } : {}, el("summary", {}, title), ...children);
}

/** A button that does something. */
export function button(
  text: string,
  about: string,
  act: (self: PageElement) => void,
): PageElement {
  const made = el("button", { type: "button", title: about }, text);
  made.addEventListener("click", () => act(made));
  return made;
}

/** A verdict with its letter, so that it does not depend on colour. */
export function verdictMark(verdict: string, letter: string): PageElement {
  return el("span", { class: `mark ${verdict.toLowerCase()}` }, letter);
}
