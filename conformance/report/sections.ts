/** What the sections of the case book are about. */
const SECTIONS: Readonly<Record<string, string>> = {
  0: "controls",
  1: "splits",
  2: "coalescing",
  3: "sizes and limits",
  4: "length prefix",
  5: "header and body",
  6: "delimiter",
  7: "netstring",
  8: "end and close",
  9: "time and pressure",
  10: "corruption and resync",
  11: "target as sender",
  12: "datagrams",
  13: "re-chunking proxy",
};

/** The section of a case: `1` for `1.12`. */
export function sectionOf(id: string): string {
  return id.split(".")[0] ?? id;
}

/** A section with its name: `1 splits`. */
export function sectionTitle(section: string): string {
  const name = SECTIONS[section];
  return name === undefined ? section : `${section} ${name}`;
}

/** Groups with the same section, in the order in which they come. */
export function bySection<Item extends { readonly id: string }>(
  items: readonly Item[],
): ReadonlyMap<string, readonly Item[]> {
  const sections = new Map<string, Item[]>();
  for (const item of items) {
    const section = sectionOf(item.id);
    const list = sections.get(section);
    if (list === undefined) sections.set(section, [item]);
    else list.push(item);
  }
  return sections;
}
