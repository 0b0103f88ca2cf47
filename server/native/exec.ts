import { ExchangeError, type JsonObject, type NativeService } from "../../protocol/native/mod.ts";
import { type ExecGrant, runProgram } from "../exec/run_program.ts";

/** Runs one program per exchange: data is its input, what it writes comes back as it is written (PROTOCOL.md, clause 8.4). */
export function execService(grant: ExecGrant): NativeService {
  return async (exchange) => {
    const { code, signal, truncated } = await runProgram(argvOf(exchange.args), grant, {
      input: bytesOf(exchange),
      onOutput: (stream, bytes) => exchange.send(bytes, { stream }),
      signal: exchange.signal,
    });
    return { code, ...(signal ? { signal } : {}), ...(truncated ? { truncated } : {}) };
  };
}

async function* bytesOf(parts: AsyncIterable<{ readonly bytes: Uint8Array }>) {
  for await (const { bytes } of parts) yield bytes;
}

function argvOf(args: JsonObject): string[] {
  const { argv } = args;
  if (Array.isArray(argv) && argv.every((word) => typeof word === "string")) return argv;
  throw new ExchangeError("invalid", '"argv" is not a list of texts');
}
