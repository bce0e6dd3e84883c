import { UnsupportedError } from '../core/errors.ts';
import type { CloudContext } from '../core/service.ts';
import { redriveStatus } from './redrive-status.ts';
import type { ExecutionRow, Store } from './store.ts';

/** Owner of the timer after which events that EventBridge did not take are offered again. */
const OWNER = 'states-outbox';
const RETRY_MS = 5_000;
/** Entries of one PutEvents. */
const BATCH = 10;

/**
 * 'Step Functions Execution Status Change' events for the default bus. They are stored with the change of status
 * itself and removed once EventBridge has taken them, so that none is lost.
 */
export class StatusEvents {
  readonly #cloud: CloudContext;
  readonly #store: Store;
  #flushing = false;
  /** Something was stored while a delivery was under way. */
  #again = false;

  constructor(cloud: CloudContext, store: Store) {
    this.#cloud = cloud;
    this.#store = store;
    cloud.clock.on(OWNER, () => this.flush());
  }

  /** Stores the event of an execution's present status; within the transaction that stores the status. */
  record(row: ExecutionRow): void {
    const entry = {
      Source: 'aws.states',
      DetailType: 'Step Functions Execution Status Change',
      Time: (row.stopped ?? row.redriven ?? row.started) / 1000,
      Resources: [row.arn],
      Detail: JSON.stringify({
        executionArn: row.arn,
        stateMachineArn: row.machineArn,
        name: row.name,
        status: row.status,
        startDate: row.started,
        stopDate: row.stopped ?? null,
        input: row.input,
        output: row.output ?? null,
        stateMachineVersionArn: null,
        stateMachineAliasArn: null,
        redriveCount: row.redrives,
        redriveDate: row.redriven ?? null,
        ...redriveStatus(row, this.#cloud.clock.now()),
        inputDetails: { included: true },
        outputDetails: row.output === undefined ? null : { included: true },
        error: row.error ?? null,
        cause: row.cause ?? null,
      }),
    };
    this.#store.putOutbox(JSON.stringify({ machineArn: row.machineArn, entry }));
  }

  /** Offers what is stored to EventBridge, after the turn in which it is called. */
  flush(): void {
    this.#again = this.#flushing;
    if (this.#flushing) return;
    this.#flushing = true;
    const done = this.#cloud.activity.begin('status events of executions');
    queueMicrotask(() => {
      this.#deliver()
        .catch((error: unknown) => {
          this.#cloud.log(
            'states',
            `status events wait: ${error instanceof Error ? error.message : String(error)}`,
          );
          this.#cloud.clock.set(OWNER, 'retry', this.#cloud.clock.now() + RETRY_MS, null);
        })
        .finally(() => {
          this.#flushing = false;
          if (this.#again) this.flush();
          done();
        });
    });
  }

  async #deliver(): Promise<void> {
    for (let stored = this.#store.outbox(BATCH); stored.length > 0; stored = this.#store.outbox(BATCH)) {
      const events = stored.map(({ body }): { machineArn: string; entry: unknown } => JSON.parse(body));
      try {
        const answer = await this.#cloud.gateway.call({
          service: 'events',
          action: 'PutEvents',
          input: { Entries: events.map(({ entry }) => entry) },
          caller: {
            kind: 'service',
            service: 'states.amazonaws.com',
            sourceArn: events[0]?.machineArn ?? '',
          },
        });
        if (typeof answer.FailedEntryCount === 'number' && answer.FailedEntryCount > 0) {
          throw new Error(
            `EventBridge refused ${answer.FailedEntryCount} entries: ${JSON.stringify(answer.Entries)}`,
          );
        }
      } catch (error) {
        // A local cloud without EventBridge has nobody to tell.
        if (!(error instanceof UnsupportedError)) throw error;
      }
      this.#store.deleteOutbox(stored.at(-1)?.id ?? 0);
    }
  }
}
