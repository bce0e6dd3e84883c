import { createHash, randomUUID } from 'node:crypto';
import { ServiceError, UnsupportedError } from '../../core/errors.ts';
import type { CloudContext } from '../../core/service.ts';
import { describeDiagnostics, validateDefinitionText } from '../definition/validate.ts';
import { isObject } from '../json.ts';
import type { MachineRow, Store } from '../store.ts';
import { epochSeconds } from '../time.ts';
import {
  checkArn,
  checkName,
  decodeToken,
  encodeToken,
  invalidArn,
  machineDoesNotExist,
  pageSize,
} from './errors.ts';
import type { Input } from './inputs.ts';

interface Settings {
  loggingConfiguration?: unknown;
  tracingConfiguration?: unknown;
  encryptionConfiguration?: unknown;
}

const DEFAULT_SETTINGS = {
  loggingConfiguration: { level: 'OFF', includeExecutionData: false },
  tracingConfiguration: { enabled: false },
};

function settingsOf(input: Settings): Record<string, unknown> {
  const { loggingConfiguration, tracingConfiguration, encryptionConfiguration } = input;
  return {
    ...(loggingConfiguration === undefined ? {} : { loggingConfiguration }),
    ...(tracingConfiguration === undefined ? {} : { tracingConfiguration }),
    ...(encryptionConfiguration === undefined ? {} : { encryptionConfiguration }),
  };
}

function parseObject(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text);
  return isObject(value) ? value : {};
}

/** Machines: create, change, describe, list, tag. */
export class MachinesApi {
  readonly #cloud: CloudContext;
  readonly #store: Store;

  constructor(cloud: CloudContext, store: Store) {
    this.#cloud = cloud;
    this.#store = store;
  }

  arnOf(name: string): string {
    return `arn:aws:states:${this.#cloud.region}:${this.#cloud.account}:stateMachine:${name}`;
  }

  /** The machine, or `StateMachineDoesNotExist`. Versions and aliases are not kept locally. */
  require(arn: string): MachineRow {
    checkArn(arn, 'stateMachine');
    const machine = this.#store.machineByArn(arn);
    if (machine === undefined) throw machineDoesNotExist(arn);
    return machine;
  }

  create(input: Input<'CreateStateMachine'>): Record<string, unknown> {
    if (input.publish === true) throw new UnsupportedError('published versions of state machines');
    if (input.type !== undefined && input.type !== 'STANDARD') {
      throw new UnsupportedError(`state machines of type ${input.type}`);
    }
    checkName(input.name);
    checkRole(input.roleArn);
    const definition = this.#intern(input.definition);
    const settings = JSON.stringify({ ...DEFAULT_SETTINGS, ...settingsOf(input) });
    const existing = this.#store.machineByName(input.name);
    if (existing !== undefined) {
      if (existing.definition === definition && existing.settings === settings) {
        return { stateMachineArn: existing.arn, creationDate: epochSeconds(existing.created) };
      }
      throw new ServiceError('StateMachineAlreadyExists', `State Machine Already Exists: '${existing.arn}'`);
    }
    const now = this.#cloud.clock.now();
    const machine: MachineRow = {
      name: input.name,
      arn: this.arnOf(input.name),
      definition,
      roleArn: input.roleArn,
      created: now,
      updated: now,
      revision: undefined,
      settings,
      tags: JSON.stringify(Object.fromEntries((input.tags ?? []).map(({ key, value }) => [key, value]))),
    };
    this.#store.putMachine(machine);
    return { stateMachineArn: machine.arn, creationDate: epochSeconds(now) };
  }

  /** New executions take the new definition and role; those that run keep theirs. */
  update(input: Input<'UpdateStateMachine'>): Record<string, unknown> {
    if (input.publish === true) throw new UnsupportedError('published versions of state machines');
    const machine = this.require(input.stateMachineArn);
    const changed = settingsOf(input);
    if (input.definition === undefined && input.roleArn === undefined && Object.keys(changed).length === 0) {
      throw new ServiceError(
        'MissingRequiredParameter',
        'Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified',
      );
    }
    if (input.roleArn !== undefined) checkRole(input.roleArn);
    const updated: MachineRow = {
      ...machine,
      definition: input.definition === undefined ? machine.definition : this.#intern(input.definition),
      roleArn: input.roleArn ?? machine.roleArn,
      updated: this.#cloud.clock.now(),
      revision: randomUUID(),
      settings: JSON.stringify({ ...parseObject(machine.settings), ...changed }),
    };
    this.#store.putMachine(updated);
    return { updateDate: epochSeconds(updated.updated), revisionId: updated.revision };
  }

  /** Executions that run go on to their end; a machine that does not exist counts as deleted. */
  delete({ stateMachineArn }: Input<'DeleteStateMachine'>): Record<string, unknown> {
    checkArn(stateMachineArn, 'stateMachine');
    this.#store.deleteMachine(stateMachineArn);
    return {};
  }

  describe({ stateMachineArn, includedData }: Input<'DescribeStateMachine'>): Record<string, unknown> {
    const machine = this.require(stateMachineArn);
    return {
      stateMachineArn: machine.arn,
      name: machine.name,
      status: 'ACTIVE',
      ...(includedData === 'METADATA_ONLY' ? {} : { definition: this.#store.definition(machine.definition) }),
      roleArn: machine.roleArn,
      type: 'STANDARD',
      creationDate: epochSeconds(machine.created),
      ...parseObject(machine.settings),
      ...(machine.revision === undefined ? {} : { revisionId: machine.revision }),
    };
  }

  list({ maxResults, nextToken }: Input<'ListStateMachines'>): Record<string, unknown> {
    const size = pageSize(maxResults);
    const rows = this.#store.machinesAfter(nextToken === undefined ? '' : decodeToken(nextToken), size + 1);
    const page = rows.slice(0, size);
    const last = page.at(-1);
    return {
      stateMachines: page.map((machine) => ({
        stateMachineArn: machine.arn,
        name: machine.name,
        type: 'STANDARD',
        creationDate: epochSeconds(machine.created),
      })),
      ...(rows.length > size && last !== undefined ? { nextToken: encodeToken(last.name) } : {}),
    };
  }

  validate(input: Input<'ValidateStateMachineDefinition'>): Record<string, unknown> {
    const all = validateDefinitionText(input.definition).filter(
      ({ severity }) => severity === 'ERROR' || input.severity === 'WARNING',
    );
    const limit = input.maxResults === undefined || input.maxResults === 0 ? 100 : input.maxResults;
    return {
      result: all.some(({ severity }) => severity === 'ERROR') ? 'FAIL' : 'OK',
      diagnostics: all
        .slice(0, limit)
        .map(({ location, ...rest }) => (location === '' ? rest : { ...rest, location })),
      truncated: all.length > limit,
    };
  }

  tag({ resourceArn, tags }: Input<'TagResource'>): Record<string, unknown> {
    const added = Object.fromEntries(tags.map(({ key, value }) => [key, value]));
    this.#setTags(resourceArn, (present) => ({ ...present, ...added }));
    return {};
  }

  untag({ resourceArn, tagKeys }: Input<'UntagResource'>): Record<string, unknown> {
    this.#setTags(resourceArn, (present) =>
      Object.fromEntries(Object.entries(present).filter(([key]) => !tagKeys.includes(key))),
    );
    return {};
  }

  tags({ resourceArn }: Input<'ListTagsForResource'>): Record<string, unknown> {
    const present = parseObject(this.#tagged(resourceArn).tags);
    return { tags: Object.entries(present).map(([key, value]) => ({ key, value })) };
  }

  #tagged(arn: string): MachineRow {
    const machine = this.#store.machineByArn(arn);
    if (machine === undefined) throw new ServiceError('ResourceNotFound', `Resource not found: '${arn}'`);
    return machine;
  }

  #setTags(arn: string, change: (present: Record<string, unknown>) => Record<string, unknown>): void {
    const machine = this.#tagged(arn);
    this.#store.putMachine({ ...machine, tags: JSON.stringify(change(parseObject(machine.tags))) });
  }

  /** Validates a definition and answers its id in the store. */
  #intern(definition: string): number {
    const errors = describeDiagnostics(validateDefinitionText(definition));
    if (errors !== '') {
      throw new ServiceError('InvalidDefinition', `Invalid State Machine Definition: '${errors}'`);
    }
    return this.#store.internDefinition(createHash('sha256').update(definition).digest('hex'), definition);
  }
}

function checkRole(arn: string): void {
  if (!/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/.test(arn)) throw invalidArn(`Invalid Role Arn: ${arn}`);
}
