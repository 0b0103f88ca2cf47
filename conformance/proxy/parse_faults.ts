import type { DatagramFaults } from "../../protocol/transport/mod.ts";
import { ConformanceUsageError } from "../run_options.ts";

type Reader = (value: string) => DatagramFaults | null;

/** One kind of fault as `--faults` writes it. */
interface FaultForm {
  readonly form: string;
  readonly help: string;
  /** Null for a value that cannot be. */
  readonly read: Reader;
}

const share = (name: keyof DatagramFaults): Reader => (value) => {
  const number = /^\d*\.?\d+$/.test(value) ? Number(value) : NaN;
  return number >= 0 && number <= 1 ? { [name]: number } : null;
};

/** Every kind by its name. */
export const FAULT_FORMS: Readonly<Record<string, FaultForm>> = {
  loss: { form: "loss=SHARE", help: "lost, 0 to 1", read: share("loss") },
  duplication: {
    form: "duplication=SHARE",
    help: "doubled; each copy has a fate of its own",
    read: share("duplication"),
  },
  reorder: {
    form: "reorder=SHARE",
    help: "held back for up to 10 ms more, so that others overtake",
    read: share("reorder"),
  },
  delay: {
    form: "delay=MS..MS",
    help: "held back for so long, anything between",
    read: (value) => {
      const [, least = "", most = least] = /^(\d{1,6})(?:\.\.(\d{1,6}))?$/.exec(value) ?? [];
      const delayMs = [Number(least), Number(most)] as const;
      return least !== "" && delayMs[0] <= delayMs[1] ? { delayMs } : null;
    },
  },
  truncate: { form: "truncate=SHARE", help: "cut at the end", read: share("truncation") },
  corrupt: { form: "corrupt=SHARE", help: "one bit flipped", read: share("corruption") },
  "wrong-peer": {
    form: "wrong-peer=SHARE",
    help: "sent from another socket",
    read: share("wrongPeer"),
  },
  mtu: {
    form: "mtu=BYTES",
    help: "longer payloads vanish",
    read: (value) => /^[1-9]\d{0,4}$/.test(value) ? { mtu: Number(value) } : null,
  },
};

/**
 * Reads faults such as `loss=0.1,delay=1..30`.
 *
 * @throws {ConformanceUsageError} if a fault is unknown, there twice, or has a value that cannot be.
 */
export function parseFaults(text: string): DatagramFaults {
  let faults: DatagramFaults = {};
  const seen = new Set<string>();
  for (const part of text === "" ? [] : text.split(",")) {
    const equals = part.indexOf("=");
    const name = part.slice(0, Math.max(0, equals));
    const known = Object.hasOwn(FAULT_FORMS, name) ? FAULT_FORMS[name] : undefined;
    const read = known?.read(part.slice(equals + 1));
    if (known === undefined || read === null || read === undefined || seen.has(name)) {
      const forms = Object.values(FAULT_FORMS).map(({ form }) => form).join(", ");
      const what = seen.has(name) ? `${name} is there twice` : `${part} is none of ${forms}`;
      throw new ConformanceUsageError(`Cannot use --faults ${text}: ${what}`);
    }
    seen.add(name);
    faults = { ...faults, ...read };
  }
  return faults;
}
