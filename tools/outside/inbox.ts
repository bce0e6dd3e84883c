import * as z from 'zod';
import { fetchPatiently } from './patience.ts';

const message = z.object({
  seq: z.number().int(),
  at: z.string(),
  from: z.string(),
  to: z.array(z.string()),
  subject: z.string(),
  text: z.string(),
  html: z.string().nullish(),
  attachments: z.array(z.object({ name: z.string(), type: z.string(), size: z.number() })),
});
export type Message = z.output<typeof message>;

/** The local cloud's inbox, as everybody's mail client: read in order, kept by recipient. */
export class Inbox {
  readonly #endpoint: string;
  readonly #byRecipient = new Map<string, Message[]>();
  #last = 0;
  #reading: Promise<Message[]> = Promise.resolve([]);

  constructor(endpoint: string) {
    this.#endpoint = endpoint;
  }

  /** Fetches what has come since the last look and returns it, oldest first. */
  fetchNew(): Promise<Message[]> {
    this.#reading = this.#reading.then(() => this.#fetch());
    return this.#reading;
  }

  /** What this address has received so far, oldest first, as of the last `fetchNew`. */
  of(address: string): readonly Message[] {
    return this.#byRecipient.get(address.toLowerCase()) ?? [];
  }

  /** Everything that has come to anybody so far, each message once, oldest first, as of the last `fetchNew`. */
  all(): readonly Message[] {
    const bySeq = new Map([...this.#byRecipient.values()].flat().map((each) => [each.seq, each]));
    return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
  }

  get lastSeen(): number {
    return this.#last;
  }

  /** A look answers a page of mail: the inbox of a whole round has many, and what is new stands on the last. */
  async #fetch(): Promise<Message[]> {
    const fresh: Message[] = [];
    for (;;) {
      const { response } = await fetchPatiently(`${this.#endpoint}/_local/inbox?since=${this.#last}`);
      const page = z.array(message).parse(await response.json());
      if (page.length === 0) return fresh;
      for (const each of page) this.#keep(each);
      fresh.push(...page);
    }
  }

  #keep(each: Message): void {
    this.#last = Math.max(this.#last, each.seq);
    for (const address of each.to) {
      const key = address.toLowerCase();
      const list = this.#byRecipient.get(key);
      if (list === undefined) this.#byRecipient.set(key, [each]);
      else list.push(each);
    }
  }
}
