import { FramedConnection } from "../protocol/session/mod.ts";
import { connect, connectionsEnded } from "../protocol/transport/mod.ts";
import { framed } from "./framed.ts";
import { serve } from "./serve.ts";

/** Longest time for all of it, in ms. */
const PATIENCE_MS = 10_000;
/** Lengths of the frames that have to come back; the last one is longer than what one side may send unread. */
const LENGTHS = [0, 1, 65_536, 3_000_000];

/**
 * Whether `quic` works with this runtime on this machine: a server with a certificate made for it, on loopback, gives frames
 * back and ends the stream when the client does. Resolves to null, or to what went wrong.
 */
export async function checkQuic(): Promise<string | null> {
  // Loaded only here and by `cert`: nothing else needs it.
  const { makeCertificate } = await import("./cert/make_certificate.ts");
  const { cert, key } = await makeCertificate(["127.0.0.1"], 1);
  const failures: unknown[] = [];
  try {
    const limits = { maxFrameLength: Math.max(...LENGTHS) };
    const echo = framed("u32be", async (frames) => {
      for await (const batch of frames.batches()) frames.sendBatch(batch);
    }, limits);
    await using server = await serve(echo, {
      listen: "quic://127.0.0.1:0",
      tls: { cert, key },
      error: (error) => void failures.push(error),
    });
    const tls = { caCerts: [cert] };
    const connection = await connect(server.endpoint, { tls, connectTimeoutMs: PATIENCE_MS });
    await using client = new FramedConnection(connection, "u32be", {
      ...limits,
      idleTimeoutMs: PATIENCE_MS,
      writeTimeoutMs: PATIENCE_MS,
    });
    const sent = LENGTHS.map((length) => Uint8Array.from({ length }, (_, i) => i * 31));
    const sending = client.sendAll(sent).then(() => client.closeWrite());
    let count = 0;
    for await (const frame of client) {
      if (!isSame(frame, sent[count++])) return `frame ${count} came back changed`;
    }
    await sending;
    if (count < sent.length) return `${count} of ${sent.length} frames came back`;
  } catch (error) {
    failures.push(error);
  }
  await connectionsEnded();
  const [first] = failures;
  return first === undefined ? null : first instanceof Error ? first.message : String(first);
}

function isSame(frame: Uint8Array, sent: Uint8Array | undefined): boolean {
  return frame.length === sent?.length && frame.every((byte, i) => byte === sent[i]);
}
