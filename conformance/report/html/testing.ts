/**
 * A headless Chromium for tests, driven through the DevTools protocol
 * (https://chromedevtools.github.io/devtools-protocol/) over a WebSocket. Everything that waits has a deadline.
 * @module
 */

/** Names of the browser on PATH. */
const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/** Most that anything in the browser may take, in ms; a cold start takes seconds on a slow machine. */
const PATIENCE_MS = 60_000;
/** No window, nothing from the network, nothing kept. */
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--hide-scrollbars",
  "--remote-debugging-port=0",
];

/** What the browser sends: an answer to a call, or an event. */
interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

/** The browser on PATH, or undefined when there is none. */
export function findChromium(): string | undefined {
  const folders = (Deno.env.get("PATH") ?? "").split(":").filter((folder) => folder !== "");
  return folders.flatMap((folder) => NAMES.map((name) => `${folder}/${name}`)).find(isFile);
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** A browser with one page. Disposing of it ends the process and removes what it kept. */
export class Chromium implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #profile: string;
  readonly #socket: WebSocket;
  readonly #log: Promise<void>;
  readonly #calls = new Map<number, (message: Message) => void>();
  readonly #waiting = new Map<string, () => void>();
  #session = "";
  #count = 0;
  /** What went wrong in the page since it was opened: exceptions, console errors, violations of the policy. */
  errors: string[] = [];
  /** Addresses that the page asked for since it was opened, its own included. */
  requests: string[] = [];

  private constructor(
    process: Deno.ChildProcess,
    profile: string,
    socket: WebSocket,
    log: Promise<void>,
  ) {
    this.#process = process;
    this.#profile = profile;
    this.#socket = socket;
    this.#log = log;
    socket.onmessage = ({ data }) => this.#take(JSON.parse(String(data)));
  }

  /** Starts a browser. */
  static async start(path: string): Promise<Chromium> {
    const profile = await Deno.makeTempDir({ prefix: "nonstick-chromium-" });
    const process = new Deno.Command(path, {
      args: [...FLAGS, `--user-data-dir=${profile}`],
      // What it would write into the home of the user goes into the profile as well.
      env: { HOME: profile, XDG_CONFIG_HOME: profile, XDG_CACHE_HOME: profile },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    let found: (address: string) => void = () => {};
    const address = new Promise<string>((resolve) => found = resolve);
    const log = readLog(process.stderr, (line) => {
      const where = /DevTools listening on (ws:\S+)/.exec(line)?.[1];
      if (where !== undefined) found(where);
    });
    try {
      const socket = new WebSocket(await soon(address, "the address of the browser"));
      await soon(new Promise((resolve) => socket.onopen = resolve), "the browser's socket");
      const browser = new Chromium(process, profile, socket, log);
      await browser.#attach();
      return browser;
    } catch (error) {
      process.kill("SIGKILL");
      await process.status;
      await log;
      throw error;
    }
  }

  /** Opens a page and waits until it says that it is ready. Returns after how many ms it was. */
  async open(url: string): Promise<number> {
    this.errors = [];
    this.requests = [];
    const loaded = new Promise<void>((resolve) =>
      this.#waiting.set("Page.loadEventFired", resolve)
    );
    await this.call("Page.navigate", { url });
    await soon(loaded, "the page");
    await this.until("document.documentElement.dataset.readyMs !== undefined");
    return Number(await this.evaluate("document.documentElement.dataset.readyMs"));
  }

  /** The value of an expression in the page; a promise is awaited. */
  async evaluate(expression: string): Promise<unknown> {
    const { result, exceptionDetails } = await this.call("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
    return fieldOf(result, "value");
  }

  /** Waits until an expression in the page is true. */
  async until(expression: string): Promise<void> {
    await this.evaluate(`new Promise((resolve) => {
      const look = () => (${expression}) ? resolve() : setTimeout(look, 5);
      look();
    })`);
  }

  /** Presses a key, such as `Enter`, or types a character. */
  async press(key: string): Promise<void> {
    const codes: Readonly<Record<string, number>> = {
      Enter: 13,
      Escape: 27,
      Tab: 9,
      End: 35,
      Home: 36,
      ArrowLeft: 37,
      ArrowUp: 38,
      ArrowRight: 39,
      ArrowDown: 40,
    };
    const text = key.length === 1 ? { text: key } : {};
    const code = { key, windowsVirtualKeyCode: codes[key] ?? key.toUpperCase().charCodeAt(0) };
    await this.call("Input.dispatchKeyEvent", { type: "keyDown", ...code, ...text });
    await this.call("Input.dispatchKeyEvent", { type: "keyUp", ...code });
  }

  /** Clicks in the middle of the first element that matches. */
  async click(selector: string): Promise<void> {
    const place = await this.evaluate(`(() => {
      const found = document.querySelector(${JSON.stringify(selector)});
      found.scrollIntoView({ block: "nearest" });
      const box = found.getBoundingClientRect();
      return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    })()`);
    const at = { x: fieldOf(place, "x"), y: fieldOf(place, "y"), button: "left", clickCount: 1 };
    await this.call("Input.dispatchMouseEvent", { type: "mousePressed", ...at });
    await this.call("Input.dispatchMouseEvent", { type: "mouseReleased", ...at });
  }

  /** Makes the window so large, and the system prefer light or dark. */
  async appear(width: number, height: number, theme: "light" | "dark"): Promise<void> {
    const size = { width, height, deviceScaleFactor: 1, mobile: false };
    await this.call("Emulation.setDeviceMetricsOverride", size);
    const features = [{ name: "prefers-color-scheme", value: theme }];
    await this.call("Emulation.setEmulatedMedia", { features });
  }

  /** What is seen, as a PNG. */
  async screenshot(): Promise<Uint8Array> {
    const { data } = await this.call("Page.captureScreenshot", { format: "png" });
    return Uint8Array.from(atob(String(data)), (char) => char.charCodeAt(0));
  }

  /** Any call of the protocol. */
  async call(
    method: string,
    params: Readonly<Record<string, unknown>> = {},
  ): Promise<Readonly<Record<string, unknown>>> {
    const id = ++this.#count;
    const answer = new Promise<Message>((resolve) => this.#calls.set(id, resolve));
    const session = this.#session === "" ? {} : { sessionId: this.#session };
    this.#socket.send(JSON.stringify({ id, method, params, ...session }));
    const { result = {}, error } = await soon(answer, method);
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#session = "";
    await this.call("Browser.close").catch(() => this.#process.kill("SIGKILL"));
    const closed = new Promise<void>((resolve) => this.#socket.onclose = () => resolve());
    this.#socket.close();
    const ended = Promise.all([this.#process.status, this.#log]);
    await soon(ended, "the end of the browser").catch(async () => {
      this.#process.kill("SIGKILL");
      await ended;
    });
    await soon(closed, "the end of the socket");
    await removed(this.#profile);
  }

  async #attach(): Promise<void> {
    const { targetId } = await this.call("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.call("Target.attachToTarget", { targetId, flatten: true });
    this.#session = String(sessionId);
    for (const domain of ["Page", "Runtime", "Network", "Log"]) await this.call(`${domain}.enable`);
  }

  #take(message: Message): void {
    const { id, method = "", params } = message;
    if (id !== undefined) {
      this.#calls.get(id)?.(message);
      this.#calls.delete(id);
      return;
    }
    this.#waiting.get(method)?.();
    this.#waiting.delete(method);
    if (method === "Network.requestWillBeSent") {
      this.requests.push(String(fieldOf(params?.["request"], "url")));
    }
    const level = fieldOf(params?.["entry"], "level") ?? params?.["type"];
    const bad = method === "Runtime.exceptionThrown" ||
      (method === "Log.entryAdded" && level === "error") ||
      (method === "Runtime.consoleAPICalled" && level === "error");
    if (bad) this.errors.push(JSON.stringify(params));
  }
}

/** A field of a value that came from the browser. */
function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

/** Waits, but not for ever. */
async function soon<T>(promise: Promise<T>, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const why = `${what} did not come within ${PATIENCE_MS / 1000} s`;
    timer = setTimeout(() => reject(new Error(why)), PATIENCE_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Reads what the browser says until it ends; what it says is noise but for one line. */
async function readLog(
  log: ReadableStream<Uint8Array>,
  take: (line: string) => void,
): Promise<void> {
  let rest = "";
  for await (const text of log.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(take);
  }
}

/** Removes the profile. A helper process of the browser may still write into it for a moment. */
async function removed(folder: string): Promise<void> {
  for (let tries = 1;; tries++) {
    try {
      return await Deno.remove(folder, { recursive: true });
    } catch (error) {
      if (tries === 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
