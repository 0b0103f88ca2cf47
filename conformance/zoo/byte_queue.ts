/**
 * Bytes that have come and not been used, with the work of keeping them counted honestly: every byte looked at through
 * {@linkcode ByteQueue.at} and every byte moved.
 */
export class ByteQueue {
  #bytes: Uint8Array = new Uint8Array(0);
  #start = 0;
  #end = 0;
  #reserved = 0;
  /** Bytes looked at plus bytes moved. */
  work = 0;
  /** Bytes used up so far: the place of the first byte in the stream. */
  position = 0;

  /** How many bytes there are. */
  get length(): number {
    return this.#end - this.#start;
  }

  /** Bytes of memory set aside. */
  get allocated(): number {
    return this.#bytes.length + this.#reserved;
  }

  /** The byte at `index`. */
  at(index: number): number {
    this.work++;
    return this.#bytes[this.#start + index] ?? 0;
  }

  /** The first `width` bytes as a number, big-endian. */
  number(width: number): number {
    let value = 0;
    for (let i = 0; i < width; i++) value = value * 256 + this.at(i);
    return value;
  }

  /** Puts `chunk` behind the bytes; memory doubles when it has to grow. */
  append(chunk: Uint8Array): void {
    if (this.length === 0) this.#start = this.#end = 0;
    if (this.#end + chunk.length > this.#bytes.length) {
      this.#move(2 * (this.length + chunk.length));
    }
    this.#bytes.set(chunk, this.#end);
    this.#end += chunk.length;
    this.work += chunk.length;
  }

  /** Puts `chunk` behind the bytes, in memory of exactly that size: everything is moved each time. */
  concat(chunk: Uint8Array): void {
    this.#move(this.length + chunk.length);
    this.append(chunk);
  }

  /** Takes `chunk` itself for the bytes when there are none, without a copy. */
  adopt(chunk: Uint8Array): void {
    if (this.length > 0) return this.append(chunk);
    this.#bytes = chunk;
    this.#start = 0;
    this.#end = chunk.length;
  }

  /** Says that memory for `count` bytes is set aside (it is counted, not done). */
  reserve(count: number): void {
    this.#reserved = count;
  }

  /** Uses up the first `count` bytes. */
  skip(count: number): void {
    this.#start += count;
    this.position += count;
  }

  /** Goes back to bytes used up since the last chunk came. */
  rewind(position: number): void {
    this.#start -= this.position - position;
    this.position = position;
  }

  /** Uses up the first `count` bytes and gives a copy of them. */
  take(count: number): Uint8Array {
    const taken = this.peek(count).slice();
    this.work += taken.length;
    this.skip(taken.length);
    return taken;
  }

  /** The first `count` bytes where they lie. */
  peek(count: number = this.length): Uint8Array {
    return this.#bytes.subarray(this.#start, Math.min(this.#start + count, this.#end));
  }

  /** Forgets all bytes. */
  clear(): void {
    this.skip(this.length);
  }

  /** A copy that goes on independently. */
  clone(): ByteQueue {
    const twin = new ByteQueue();
    twin.#bytes = this.peek().slice();
    twin.#end = twin.#bytes.length;
    twin.#reserved = this.#reserved;
    twin.work = this.work;
    twin.position = this.position;
    return twin;
  }

  #move(capacity: number): void {
    const moved = new Uint8Array(capacity);
    moved.set(this.peek());
    this.work += this.length;
    this.#end = this.length;
    this.#start = 0;
    this.#bytes = moved;
  }
}
