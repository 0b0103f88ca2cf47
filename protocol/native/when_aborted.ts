/** What is to be called when a signal is aborted; one listener for all of it, since the runtime looks through them one by one. */
const calls = new WeakMap<AbortSignal, Set<() => void>>();

/** Has `call` called once `signal` is aborted, unless what it returns is disposed of before. */
export function whenAborted(signal: AbortSignal, call: () => void): Disposable {
  let all = calls.get(signal);
  if (all === undefined) {
    const fresh = all = new Set();
    calls.set(signal, fresh);
    signal.addEventListener("abort", () => {
      for (const call of fresh) call();
    }, { once: true });
  }
  const own = () => call();
  all.add(own);
  return { [Symbol.dispose]: () => void all.delete(own) };
}
