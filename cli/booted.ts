/** When the system was started, in ms since 1970; undefined where we may not know. */
export function bootedMs(): number | undefined {
  try {
    return Date.now() - 1000 * Deno.osUptime();
  } catch {
    return undefined;
  }
}
