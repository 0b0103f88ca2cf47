/**
 * Calls `then` when the runtime has asked the system what has come on any connection.
 *
 * It asks when nothing else is left to do, or else after 61 steps (`event_interval` of tokio; seen with Deno 2.9.6), and a step may
 * be a turn of the event loop of many ms. Whoever goes on by `setImmediate` leaves it something to do, and everybody who has just
 * come waits for seconds. A timer has to be waited for.
 */
export function afterPoll(then: () => void): void {
  setTimeout(then, 0);
}
