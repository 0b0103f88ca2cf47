/**
 * Files over an exchange of nonstick/1: sent, hashed and checked in one pass, resumed after any break, and never seen half.
 * @module
 */
export { BLOCK_SIZE } from "./blocks.ts";
export { nameParts } from "./name.ts";
export { PartialFile, type PartialOptions, type WhenExists } from "./partial_file.ts";
export { type FileSink, receiveFile } from "./receive_file.ts";
export { FileRoot, kindOf } from "./root.ts";
export { sendFile, type Sent } from "./send_file.ts";
export { fileSource, type SendSource, streamSource } from "./source.ts";
export type { FileOffer, TransferOptions, TransferProgress, TransferResult } from "./transfer.ts";
