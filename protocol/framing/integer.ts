/** Name of an integer type, as in spec strings. */
export type IntegerType =
  | "u8"
  | "u16be"
  | "u16le"
  | "u24be"
  | "u24le"
  | "u32be"
  | "u32le"
  | "u64be"
  | "u64le"
  | "i32be"
  | "i32le";

/** How an integer is written. */
export interface IntegerLayout {
  /** Bytes. */
  readonly width: number;
  /** Whether the lowest byte comes first. */
  readonly littleEndian: boolean;
  /** Whether it is in two's complement. */
  readonly signed: boolean;
}

/** Integer types that a length field can have. */
export const INTEGER_TYPES: Readonly<Record<IntegerType, IntegerLayout>> = {
  u8: { width: 1, littleEndian: false, signed: false },
  u16be: { width: 2, littleEndian: false, signed: false },
  u16le: { width: 2, littleEndian: true, signed: false },
  u24be: { width: 3, littleEndian: false, signed: false },
  u24le: { width: 3, littleEndian: true, signed: false },
  u32be: { width: 4, littleEndian: false, signed: false },
  u32le: { width: 4, littleEndian: true, signed: false },
  u64be: { width: 8, littleEndian: false, signed: false },
  u64le: { width: 8, littleEndian: true, signed: false },
  i32be: { width: 4, littleEndian: false, signed: true },
  i32le: { width: 4, littleEndian: true, signed: true },
};

/** Whether `name` is an integer type. */
export function isIntegerType(name: string): name is IntegerType {
  return Object.hasOwn(INTEGER_TYPES, name);
}

/** Largest value that a field of this type can hold and a number can represent exactly. */
export function maxInteger(type: IntegerType): number {
  const { width, signed } = INTEGER_TYPES[type];
  return width === 8 ? Number.MAX_SAFE_INTEGER : 2 ** (8 * width - (signed ? 1 : 0)) - 1;
}

/** Reads an integer at `at`; a bigint when a number cannot hold it exactly (above 2^53 − 1). */
export function readInteger(bytes: Uint8Array, at: number, type: IntegerType): number | bigint {
  const { width, littleEndian, signed } = INTEGER_TYPES[type];
  let value = 0;
  for (let i = 0; i < width; i++) {
    value = value * 256 + (bytes[at + (littleEndian ? width - 1 - i : i)] as number);
  }
  if (value > Number.MAX_SAFE_INTEGER) return readBig(bytes, at, width, littleEndian);
  return signed ? value | 0 : value;
}

function readBig(bytes: Uint8Array, at: number, width: number, littleEndian: boolean): bigint {
  return new DataView(bytes.buffer, bytes.byteOffset + at, width).getBigUint64(0, littleEndian);
}

/** Writes `value` at `at`. The value must fit (see {@linkcode maxInteger}). */
export function writeInteger(
  bytes: Uint8Array,
  at: number,
  type: IntegerType,
  value: number,
): void {
  const { width, littleEndian } = INTEGER_TYPES[type];
  let rest = value;
  for (let i = width - 1; i >= 0; i--) {
    bytes[at + (littleEndian ? width - 1 - i : i)] = rest % 256;
    rest = Math.floor(rest / 256);
  }
}
