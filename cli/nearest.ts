/**
 * The name among `names` that a mistyped `text` most likely means, or undefined when none is near.
 *
 * @example
 * ```ts ignore
 * nearest("lisetn", ["listen", "log"]); // "listen"
 * ```
 */
export function nearest(text: string, names: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.max(1, Math.floor(text.length / 3)) + 1;
  for (const name of names) {
    const edits = name.startsWith(text) && text.length > 1 ? 1 : distance(text, name);
    if (edits < least) {
      least = edits;
      best = name;
    }
  }
  return best;
}

/** How many letters must be changed, added, dropped or swapped with their neighbour to get from `a` to `b`. */
function distance(a: string, b: string): number {
  let above: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let edits = Math.min(
        cell(row, j) + 1,
        cell(next, j - 1) + 1,
        cell(row, j - 1) + (same ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        edits = Math.min(edits, cell(above, j - 2) + 1);
      }
      next.push(edits);
    }
    above = row;
    row = next;
  }
  return cell(row, b.length);
}

function cell(row: readonly number[], at: number): number {
  return row[at] ?? Infinity;
}
