/**
 * `deno task bench hostile [COUNT]`: a million datagrams and their answers through the hostile network with every fault at once,
 * and where each of them is in the end. It fails when one is unaccounted for.
 * @module
 */
import { HostileNetwork, RandomStream } from "../protocol/transport/mod.ts";

/** Every fault there is; of the lengths below some are over the mtu. */
const FAULTS = {
  ...{ loss: 0.1, duplication: 0.05, reorder: 0.1, delayMs: [1, 30] as const },
  ...{ truncation: 0.05, corruption: 0.05, wrongPeer: 0.05, mtu: 90 },
};

/** Sends `COUNT` datagrams (1,000,000) and prints the sums. */
export async function benchHostile(args: readonly string[]): Promise<void> {
  const count = Number(args[0] ?? 1_000_000);
  const network = new HostileNetwork({ seed: 1, faults: FAULTS });
  await using here = network.open("here");
  await using there = network.open("there");
  let answered = 0, received = 0;
  const counting = (async () => {
    for await (const _ of here) received++;
  })();
  const answering = (async () => {
    for await (const { bytes, from } of there) {
      answered++;
      await there.send(bytes, from);
    }
  })();
  const lengths = new RandomStream(1, "lengths");
  const started = performance.now();
  for (let i = 0; i < count; i++) {
    await here.send(new Uint8Array(4 + lengths.below(92)), there.local);
    if (i % 1000 === 999) await network.settle();
  }
  await network.settle();
  const { counts } = network;
  const { sent, duplicated, delivered, lost, rejected, underWay } = counts;
  const right = sent === delivered + lost + rejected && underWay === 0 &&
    sent === count + answered + duplicated && delivered === answered + received;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${count} datagrams and ${answered} answers in ${seconds} s`);
  console.log(`${sent} sent = ${delivered} delivered + ${lost} lost + ${rejected} rejected`);
  console.log(JSON.stringify(counts));
  await Promise.all([here.close(), there.close(), counting, answering]);
  if (!right) throw new Error("That does not add up");
}
