// The library finds its parts by metadata of their classes.
import "reflect-metadata";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  type JsonGeneralName,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { addressFacts } from "../../cli/address.ts";

/** Proof of the server's own key, to be known by its fingerprint: no authority vouches for it. */
export interface MadeCertificate {
  /** The certificate (PEM). */
  readonly cert: string;
  /** Its private key (PEM, PKCS #8). */
  readonly key: string;
  /** SHA-256 of the certificate, as `AB:CD:…`. */
  readonly fingerprint: string;
}

/** ECDSA over P-256: what every client of TLS 1.2 and 1.3 knows. */
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
/** Clocks differ; the certificate begins to be valid a little ago. In ms. */
const SLACK_MS = 3_600_000;

/**
 * Makes a self-signed certificate for names and addresses. It is a leaf (CA:FALSE, RFC 5280, 4.2.1.9), so that trusting it
 * trusts nothing else.
 */
export async function makeCertificate(
  names: readonly string[],
  days: number,
): Promise<MadeCertificate> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const now = Date.now();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: [{ CN: [names[0] ?? "localhost"] }],
    notBefore: new Date(now - SLACK_MS),
    notAfter: new Date(now + days * 86_400_000),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([SERVER_AUTH]),
      new SubjectAlternativeNameExtension(
        names.map((value): JsonGeneralName => ({
          type: addressFacts(value) === null ? "dns" : "ip",
          value,
        })),
      ),
    ],
  });
  const digest = new Uint8Array(await certificate.getThumbprint("SHA-256"));
  return {
    cert: `${certificate.toString("pem")}\n`,
    key: `${
      PemConverter.encode(await crypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY")
    }\n`,
    fingerprint: [...digest].map((byte) => byte.toString(16).padStart(2, "0").toUpperCase()).join(
      ":",
    ),
  };
}

/** 16 random bytes, positive (RFC 5280, 4.1.2.2), in hex. */
function serialNumber(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[0] = (bytes[0] ?? 0) & 0x7f | 0x40;
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
