/** An input that did what none may do, until it was mended. */
interface Found {
  readonly entry: string;
  /** In hex. */
  readonly input: string;
  readonly what: string;
}

/** Everything that was found so far; the tests replay it. */
export const FOUND: readonly Found[] = [
  {
    entry: "framing/marked",
    input: "25000043000202000202",
    what: "malformed or too large, depending on the chunks",
  },
  { entry: "framing/slip", input: "00ff00000000", what: "a failed decoder kept its payload" },
  { entry: "framing/cobs", input: "00e50000006520", what: "a failed decoder kept its payload" },
  { entry: "endpoint", input: "6d656d6f72793a2f2f35", what: "memory://5 was written as memory:5" },
  {
    entry: "endpoint",
    input: "7463703a2f2fe2808b313a30",
    what: "a host of which only digits are seen became an address that cannot be read again",
  },
  { entry: "file-name", input: "f3a08081", what: "a name that is not seen was taken" },
  { entry: "address", input: "3a3a2f3830", what: "the last address of a network was not in it" },
  {
    entry: "scenario",
    input:
      "6b7b226e616d65223a2261222c226672616d696e67223a226c696e65222c227374657073223a5b7b2273656e64223a7b226672616d6573223a5b2278225d7d7d2c7b22657870656374223a7b22636f756e74223a31363737373231357d7d5d7d",
    what: "a scenario that expects sixteen million frames took a gigabyte",
  },
  { entry: "glob", input: "5b2d", what: "a dash in a pattern was an invalid regular expression" },
  { entry: "glob", input: "5b652d375d", what: "a range that runs backwards was one, too" },
  { entry: "address", input: "3a3a252f", what: "anything behind % was taken for a zone" },
  { entry: "address", input: "5b3a3a253025305d", what: "a zone was left in an address" },
  {
    entry: "glob",
    input:
      "2a2a2a622a5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b2a612a622a63006161626263635b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b",
    what: "a name that nearly matched several stars took for ever",
  },
  {
    entry: "native/client",
    input:
      "4900e0000000c87b226e6f6e737469636b223a5b315d2c2274797065223a226772656574696e67222c22736f667477617265223a2266757a7a222c226c696d697473223a7b2270617274223a313032342c2277696e646f77223a3134303030307d2c227365727669636573223a5b226563686f225d2c2261757468223a226e6f6e65222c226e6f6e6365223a2230303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030303030227d000000107b2274797065223a227265616479227d000000267b2274797065223a22656e64222c226964223a312c22726573756c74223a7b226e223a317d7d0000001b7b2274797065223a22627965222c226d657373616765223a5b5d7d",
    what: "an exchange opened while the client told the server what was wrong waited for ever",
  },
];
