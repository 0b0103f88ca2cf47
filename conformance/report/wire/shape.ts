/**
 * A drawing as data: made once, written as SVG text or built as elements in a page. Nothing in it is ever parsed, so
 * nothing that a target sent can become markup.
 * @module
 */

/** One element of a drawing. */
export interface Shape {
  /** Its name, such as `rect`. */
  readonly name: string;
  /** Its attributes. */
  readonly attributes: Readonly<Record<string, string | number>>;
  /** What is in it. */
  readonly children: readonly (Shape | string)[];
}

/** Makes an element. */
export function shape(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  ...children: readonly (Shape | string)[]
): Shape {
  return { name, attributes, children };
}

/** A line of text at a place. */
export function label(x: number, y: number, kind: string, text: string): Shape {
  return shape("text", { x, y, class: kind }, text);
}

/** A drawing as XML text. */
export function shapeText({ name, attributes, children }: Shape): string {
  const pairs = Object.entries(attributes).map(([key, value]) =>
    ` ${key}="${escapeXml(String(value))}"`
  );
  const inner = children.map((child) =>
    typeof child === "string" ? escapeXml(child) : shapeText(child)
  );
  return `<${name}${pairs.join("")}>${inner.join("")}</${name}>`;
}

/** Text that is text in XML as well, whatever is in it; what XML 1.0 forbids is shown as U+FFFD. */
export function escapeXml(text: string): string {
  const names: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[&<>"']/g, (found) => names[found] ?? "")
    .replace(/(?![\n\t])[\p{Cc}\p{Cs}\ufffe\uffff]/gu, "\ufffd");
}
