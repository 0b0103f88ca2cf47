/**
 * The lesson that many add by themselves: who may come in.
 * @module
 */

/** Whether an address may come in. */
export function mayEnter(address: string, allow: readonly string[], deny: readonly string[]) {
  if (deny.includes(address)) return false;
  return allow.length === 0 || allow.some((rule) => address.startsWith(rule.split("/")[0] ?? ""));
}
