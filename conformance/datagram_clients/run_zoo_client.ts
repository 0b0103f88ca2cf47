import type { CaseResult } from "../campaign/result.ts";
import { OutputPatience } from "../client_output/output_patience.ts";
import type { DatagramFraming } from "../datagrams/volley.ts";
import { Mask } from "../exchange/mask.ts";
import { History } from "../history/history.ts";
import { clientCases, withControls } from "./client_cases.ts";
import { DatagramClientCampaign } from "./datagram_client_campaign.ts";
import { DatagramClientStage } from "./datagram_client_stage.ts";
import { InProcessClient } from "./in_process_client.ts";
import { rightAnswer } from "./right_answer.ts";
import { ZOO_SENDS, zooClient } from "./zoo_clients.ts";

/** A client of the zoo asks again, or ends, within 100 ms; one that does nothing for longer than this waits for ever. */
const SILENT_MS = 800;
const SHRINK_MS = 300;

/** Plays cases of a client of the zoo, controls included: the campaign of the command line, without its processes. */
export async function runZooClient(
  name: string,
  { cases: ids, budgetMs = 300_000, onHistory }: {
    /** By default all of them. */
    readonly cases?: readonly string[];
    /** About how long it may take, in ms. */
    readonly budgetMs?: number;
    /** Gets what is played, one JSON line at a time. */
    readonly onHistory?: (line: string) => void;
  } = {},
): Promise<CaseResult[]> {
  const [kind = ""] = name.split(".");
  const framing: DatagramFraming = kind === "fragment" ? "fragment" : "datagram";
  const answer = rightAnswer("upper") ?? ((message) => message);
  const sends = ZOO_SENDS[kind];
  const started = performance.now();
  const stage = new DatagramClientStage({
    target: new InProcessClient(zooClient(name)),
    framing,
    answer,
    mask: new Mask([]),
    history: new History(onHistory),
    now: () => performance.now() - started,
  });
  const campaign = new DatagramClientCampaign(
    stage,
    new OutputPatience(SILENT_MS),
    { framing, answer, ...(sends === undefined ? {} : { sends }) },
    { seed: 1, strict: false, budgetMs, shrinkMs: SHRINK_MS },
  );
  const results: CaseResult[] = [];
  const asked = clientCases().filter(({ id }) => ids?.includes(id) ?? true);
  for (const one of withControls(asked)) {
    results.push(await campaign.run(one));
  }
  return results;
}
