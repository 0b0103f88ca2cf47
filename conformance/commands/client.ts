import { messageOf } from "../../cli/message_of.ts";
import { readNamedFile } from "../../cli/named_file.ts";
import {
  optional,
  type OptionValues,
  parseOptions,
  seconds,
  type Source,
  text,
  UsageError,
  wholeNumber,
  withDefault,
} from "../../cli/options.ts";
import { hexBytes } from "../../protocol/framing/hex.ts";
import { shellLine } from "../../cli/command_words.ts";
import type { RunOptions } from "../run_options.ts";
import { isDatagramTarget } from "../datagrams/run_datagrams.ts";
import type { Command } from "./command.ts";
import { dryRun, dryRunDatagrams } from "./dry_run.ts";
import { RUN_OPTIONS } from "./options.ts";
import { EXIT_CODES, OUT_FILES } from "./exit_codes.ts";
import { runAndReport } from "./run_and_report.ts";
import { commandLine, runOptions } from "./run_settings.ts";

/** Options of `client`: where the client dials, what it gets, and all of `run`. */
export const CLIENT_OPTIONS = {
  listen: optional("URL", "where we listen for the client, such as tcp://127.0.0.1:0", text),
  ...RUN_OPTIONS,
  expect: withDefault(
    "WHAT",
    "what the client does with frames: echo, upper, hello, none (liveness only), invariance,\n" +
      "scenario:FILE; or output: it prints the same, however the --answer to it is cut",
    "echo",
    text,
  ),
  answer: optional(
    "HEX|FILE",
    "of --expect output: what the client is given; over udp://, the answer to whatever it asks",
    text,
  ),
  input: optional(
    "HEX|FILE",
    "over udp://: what the client reads from its standard input (nothing)",
    text,
  ),
  sends: optional(
    "HEX|FILE,…",
    "over udp://: the messages that the client is to send, in order; without it they are not judged",
    text,
  ),
  after: optional(
    "BYTES|none",
    "of --expect output: what the client sends first; by default any, if it sends by itself",
    (text) => text === "none" ? 0 : wholeNumber(0, 2 ** 30)(text),
  ),
  wait: optional("S", "longest wait until the client dials: 10, and 60 without --spawn", seconds),
  "tls-cert": optional("FILE", "certificate chain to show, PEM; for tls://", text),
  "tls-key": optional("FILE", "its private key, PEM", text),
};

type Settings = OptionValues<typeof CLIENT_OPTIONS>;

/** `client --listen URL`: the case book against a client, which dials us. */
export const CLIENT: Command = {
  name: "client",
  summary: "run the case book against a client, which dials us",
  page: {
    text: {
      usage: ["nonstick-conformance client --listen URL --framing SPEC [OPTION]..."],
      about:
        "Listens, as the adversarial server, on tcp://HOST:PORT, tls://HOST:PORT or unix:///PATH, and runs\n" +
        "the case book against the client that dials, in any language: each connection is its next one.\n" +
        "With --spawn it is started, again and again if it exits; without, start it by hand.\n" +
        "A client that echoes frames is judged by the whole book; one that asks for something and prints\n" +
        "it by --expect output. Over udp://HOST:PORT it asks, and prints what it is answered: --expect says\n" +
        "with what. Each script of lost, late, doubled, cut off, faulty and strangers' answers starts it anew.",
      tables: { "Exit codes": EXIT_CODES, "Files of --out DIR": OUT_FILES },
      examples: [
        [
          "nonstick-conformance client --listen tcp://127.0.0.1:0 --framing u32be \\\n" +
          "      --spawn 'python3 echo_client.py {host} {port}'",
          "a client that echoes frames with a 32-bit length",
        ],
        [
          "nonstick-conformance client --listen tcp://127.0.0.1:7000 --framing u32be --wait 120",
          "the same, started by hand within two minutes",
        ],
        [
          "nonstick-conformance client --listen tcp://127.0.0.1:0 --expect output --answer answer.bin \\\n" +
          "      --spawn 'node get.mjs {host} {port}'",
          "a client that prints what it gets",
        ],
        [
          "nonstick-conformance client --listen udp://127.0.0.1:0 --expect upper --input question.txt \\\n" +
          "      --spawn 'python3 udp_client.py {host} {port}'",
          "a client that asks over UDP, and prints its answer",
        ],
      ],
    },
    options: CLIENT_OPTIONS,
  },
  run: runClient,
};

async function runClient(
  args: readonly string[],
  write: (line: string) => void,
  sources: readonly Source[] = [],
): Promise<number> {
  const { values, words } = parseOptions(CLIENT_OPTIONS, args, sources);
  const [listen, ...more] = [...(values.listen === undefined ? [] : [values.listen]), ...words];
  if (listen === undefined) {
    throw new UsageError("--listen URL is missing, such as --listen tcp://127.0.0.1:0.");
  }
  if (more.length > 0) {
    throw new UsageError(`client listens at one place; ${more.join(" ")} is too much.`);
  }
  const byFrames = values.expect !== "output" && values.expect !== "invariance" &&
    !values.expect.startsWith("scenario:");
  if (values.framing === undefined && byFrames && !isDatagramTarget(listen)) {
    throw new UsageError("--framing SPEC is missing, such as --framing u32be.");
  }
  const own = await clientOptions(listen, values);
  if (!values["dry-run"]) return await runAndReport("client", listen, values, write, own);
  return isDatagramTarget(listen)
    ? dryRunDatagrams(listen, values, { ...await runOptions(values), ...own }, write)
    : dryRun(listen, values, write);
}

async function clientOptions(listen: string, values: Settings): Promise<Partial<RunOptions>> {
  const { wait, answer, after, input, sends } = values;
  const cert = values["tls-cert"], key = values["tls-key"];
  if ((cert === undefined) !== (key === undefined)) {
    throw new UsageError("--tls-cert and --tls-key belong together.");
  }
  return {
    side: "client",
    command: clientLine(listen, values),
    onWaiting: (where) => {
      // Standard output is for the report.
      Deno.stderr.writeSync(new TextEncoder().encode(`waiting for a connection at ${where}\n`));
    },
    ...(wait === undefined ? {} : { startTimeoutMs: wait }),
    ...(answer === undefined ? {} : { answer: await bytesOf("answer", answer) }),
    ...(input === undefined ? {} : { input: await bytesOf("input", input) }),
    ...(sends === undefined ? {} : {
      sends: await Promise.all(sends.split(",").map((one) => bytesOf("sends", one))),
    }),
    ...(after === undefined ? {} : { after }),
    ...(cert === undefined || key === undefined ? {} : {
      certificate: {
        cert: await readNamedFile("--tls-cert", cert),
        key: await readNamedFile("--tls-key", key),
      },
    }),
  };
}

/** The command line that does the same again, up to what a replay adds. */
function clientLine(listen: string, values: Settings): string {
  // A replay names the bytes of one delivery, so the whole answer has a name of its own.
  const answer = values.answer ?? (values.expect === "output" ? values.stream : undefined);
  const words = Object.entries({
    answer,
    input: values.input,
    sends: values.sends,
    after: values.after,
    wait: values.wait === undefined ? undefined : values.wait / 1000,
    "tls-cert": values["tls-cert"],
    "tls-key": values["tls-key"],
  }).flatMap(([name, value]) => value === undefined ? [] : [`--${name}`, String(value)]);
  const line = commandLine("client", listen, values);
  return words.length === 0 ? line : `${line} ${shellLine(words)}`;
}

async function bytesOf(option: string, text: string): Promise<Uint8Array> {
  const bytes = hexBytes(text);
  if (bytes !== undefined) return bytes;
  try {
    return await Deno.readFile(text);
  } catch (error) {
    throw new UsageError(
      `Cannot use --${option} ${text}: it is not bytes in hex, and no file (${messageOf(error)}).`,
    );
  }
}
