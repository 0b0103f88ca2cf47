import type { CodecSettings } from "./codec_settings.ts";

/** The version of the contract in docs/ADAPTER.md. */
export const ADAPTER_VERSION = 1;

/** What the harness asks of an adapter. Bytes are written in hex. */
export type AdapterRequest =
  | { readonly do: "hello"; readonly version: number }
  | { readonly do: "open"; readonly decoder: number } & CodecSettings
  | { readonly do: "push"; readonly decoder: number; readonly bytes: string }
  | { readonly do: "end"; readonly decoder: number }
  | { readonly do: "close"; readonly decoder: number }
  | { readonly do: "encode"; readonly payload: string } & CodecSettings
  /** Known to nobody: it must be answered with `unsupported`. */
  | { readonly do: "no such request" };
