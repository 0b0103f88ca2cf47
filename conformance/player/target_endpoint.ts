import { EndpointError, parseEndpoint } from "../../protocol/transport/mod.ts";
import { ConformanceUsageError, type RunOptions } from "../run_options.ts";
import type { TargetEndpoint } from "./target.ts";

/** Where the target is met, if it can be met there. */
export function targetEndpoint(
  target: string,
  { spawn, side, certificate }: Pick<RunOptions, "spawn" | "side" | "certificate">,
): TargetEndpoint {
  const endpoint = parseEndpoint(target);
  const { scheme } = endpoint;
  if (scheme === "memory" || scheme === "quic" || scheme === "fd") {
    throw new EndpointError(target, "scheme", "a target is at tcp://, tls://, unix: or stdio:");
  }
  if (side === "client") {
    if (endpoint.scheme === "stdio") {
      throw new EndpointError(target, "scheme", "a client dials tcp://, tls:// or unix:");
    }
    if (endpoint.scheme === "tls" && certificate === undefined) {
      throw new ConformanceUsageError("A client over TLS must be shown --tls-cert and --tls-key");
    }
    return endpoint;
  }
  if (endpoint.scheme === "stdio") {
    if (spawn !== undefined) return endpoint;
    throw new ConformanceUsageError("A target over stdio: needs --spawn, which says what to start");
  }
  if (endpoint.scheme !== "unix" && endpoint.port === 0 && spawn === undefined) {
    throw new ConformanceUsageError(
      "Port 0 needs --spawn, so that the target can be told which port was chosen",
    );
  }
  return endpoint;
}
