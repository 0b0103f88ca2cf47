/** Something that is told to the members of a room. Times are ms since 1970. */
export type ChatEvent =
  | {
    readonly kind: "said";
    readonly from: string;
    readonly text: string;
    readonly at: number;
    /** Said before one joined. */
    readonly old?: true;
  }
  | { readonly kind: "joined"; readonly name: string }
  | { readonly kind: "left"; readonly name: string; readonly why?: string }
  | {
    readonly kind: "private";
    readonly from: string;
    readonly to: string;
    readonly text: string;
    readonly at: number;
  };

/** Where the members of rooms meet: in this process, or behind a broker that others share. */
export interface ChatBus {
  /**
   * Joins a room; `name` null takes a guest's name that nobody has. `listener` is told of everything that the others do from
   * then on; it must not throw. Who is told that he himself has left was sent away.
   *
   * @throws {ExchangeError} `invalid` for a bad name, `exists` for one that looks like another, `limit` when there is no room.
   */
  join(room: string, name: string | null, listener: (event: ChatEvent) => void): Promise<ChatSeat>;
  /** The rooms that have members, with how many. */
  rooms(): Promise<readonly { readonly name: string; readonly members: number }[]>;
}

/** A member's place in a room. */
export interface ChatSeat {
  /** Whose it is. */
  readonly name: string;
  /** Everybody in the room, oneself included. */
  members(): Promise<readonly string[]>;
  /** What was said before. */
  readonly history: readonly ChatEvent[];
  /** Says something to everybody, oneself included. */
  say(text: string): Promise<void>;
  /**
   * Says something to one member.
   *
   * @throws {ExchangeError} `not-found` if there is none of that name.
   */
  tell(to: string, text: string): Promise<void>;
  /** Leaves; `why` is told to the others. */
  leave(why?: string): Promise<void>;
}
