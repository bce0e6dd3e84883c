import { ServiceError, UnsupportedError } from '../core/errors.ts';
import { parseInput } from '../core/input.ts';
import type { RestRequest, RestResponse, RestService } from '../gateway/rest.ts';
import { checkTarget } from './delivery.ts';
import { checkTemplate } from './input-template.ts';
import { type Definition, inputs, type StoredPipe } from './model.ts';
import { handlePipesHttp } from './rest.ts';
import { checkSource, filtersOf, PipeSources, type PipeSourcesOptions } from './sources.ts';
import { PipeStore } from './store.ts';

type Output = Record<string, unknown>;

export interface PipesService extends RestService {
  /** Goes on with the pipes that run, once every service is there. */
  resume(): Promise<void>;
  stop(): void;
  /** Creates a template's pipe or brings it up to date; it begins with `resume`. @returns its ARN */
  provisionPipe(definition: Definition): string;
}

/** EventBridge Pipes: from a table's stream or a queue through filter, enrichment and template to a target. */
export function createPipesService(options: PipeSourcesOptions): PipesService {
  const { cloud } = options;
  const store = new PipeStore(cloud.journal);
  const sources = new PipeSources(options);
  let resumed = false;

  const arnOf = (name: string): string => `arn:aws:pipes:${cloud.region}:${cloud.account}:pipe/${name}`;

  function pipeOf(name: string): StoredPipe {
    const pipe = store.pipe(name);
    if (pipe === undefined) throw new ServiceError('NotFoundException', `Pipe ${name} does not exist.`, 404);
    return pipe;
  }

  function pipeByArn(arn: string): StoredPipe {
    const pipe = store.pipes().find((one) => one.arn === arn);
    if (pipe === undefined)
      throw new ServiceError('NotFoundException', `Resource ${arn} does not exist.`, 404);
    return pipe;
  }

  /** @throws ServiceError ValidationException, UnsupportedError */
  function check(definition: Definition): void {
    filtersOf(definition);
    const problem =
      checkSource(definition) ??
      checkTarget(definition) ??
      checkTemplate(definition.TargetParameters?.InputTemplate ?? '') ??
      checkTemplate(definition.EnrichmentParameters?.InputTemplate ?? '');
    if (problem !== undefined) throw new ServiceError('ValidationException', problem);
  }

  function keep(definition: Definition, existing: StoredPipe | undefined): StoredPipe {
    check(definition);
    const now = cloud.clock.now();
    const pipe: StoredPipe = {
      definition,
      arn: arnOf(definition.Name),
      created: existing?.created ?? now,
      modified: now,
    };
    store.save(pipe);
    return pipe;
  }

  /** Reads the source as the pipe's desired state says; a source that cannot be read is told by its state. */
  async function settle(pipe: StoredPipe): Promise<StoredPipe> {
    sources.close(pipe);
    const { failure: _failure, ...sound } = pipe;
    let settled: StoredPipe = sound;
    if (resumed && pipe.definition.DesiredState === 'RUNNING') {
      try {
        await sources.open(pipe);
      } catch (error) {
        const failure = error instanceof Error ? error.message : String(error);
        cloud.log('pipes', `${pipe.definition.Name} does not run: ${failure}`);
        settled = { ...sound, failure };
      }
    }
    store.save(settled);
    return settled;
  }

  async function setState(name: string, DesiredState: 'RUNNING' | 'STOPPED'): Promise<Output> {
    const pipe = pipeOf(name);
    const changed = {
      ...pipe,
      modified: cloud.clock.now(),
      definition: { ...pipe.definition, DesiredState },
    };
    const CurrentState = DesiredState === 'RUNNING' ? 'STARTING' : 'STOPPING';
    return { ...summary(await settle(changed)), CurrentState };
  }

  function remove(name: string): Output {
    const pipe = pipeOf(name);
    sources.forget(pipe);
    store.remove(name);
    return { ...summary(pipe), DesiredState: 'DELETED', CurrentState: 'DELETING' };
  }

  async function call(action: string, input: Record<string, unknown>): Promise<Output> {
    switch (action) {
      case 'CreatePipe': {
        const definition = parseInput(action, inputs.create, input);
        if (store.pipe(definition.Name) !== undefined)
          throw new ServiceError('ConflictException', `Pipe ${definition.Name} already exists.`, 409);
        const pipe = await settle(keep(definition, undefined));
        return { ...summary(pipe), CurrentState: 'CREATING' };
      }
      case 'UpdatePipe': {
        const update = parseInput(action, inputs.update, input);
        const existing = pipeOf(update.Name);
        const pipe = await settle(keep(updated(existing.definition, update), existing));
        return { ...summary(pipe), CurrentState: 'UPDATING' };
      }
      case 'DescribePipe':
        return description(pipeOf(parseInput(action, inputs.pipe, input).Name));
      case 'DeletePipe':
        return remove(parseInput(action, inputs.pipe, input).Name);
      case 'StartPipe':
        return setState(parseInput(action, inputs.pipe, input).Name, 'RUNNING');
      case 'StopPipe':
        return setState(parseInput(action, inputs.pipe, input).Name, 'STOPPED');
      case 'ListPipes':
        return list(store.pipes(), parseInput(action, inputs.list, input));
      case 'TagResource': {
        const { ResourceArn, Tags } = parseInput(action, inputs.tag, input);
        retag(pipeByArn(ResourceArn), (tags) => ({ ...tags, ...Tags }));
        return {};
      }
      case 'UntagResource': {
        const { ResourceArn, TagKeys } = parseInput(action, inputs.untag, input);
        retag(pipeByArn(ResourceArn), (tags) =>
          Object.fromEntries(Object.entries(tags).filter(([key]) => !TagKeys.includes(key))),
        );
        return {};
      }
      case 'ListTagsForResource':
        return { tags: pipeByArn(parseInput(action, inputs.tags, input).ResourceArn).definition.Tags ?? {} };
      default:
        throw new UnsupportedError(`pipes ${action}`);
    }
  }

  function retag(
    pipe: StoredPipe,
    change: (tags: Readonly<Record<string, string>>) => Record<string, string>,
  ): void {
    store.save({ ...pipe, definition: { ...pipe.definition, Tags: change(pipe.definition.Tags ?? {}) } });
  }

  return {
    name: 'pipes',
    call,
    handleHttp: (request: RestRequest): Promise<RestResponse> => handlePipesHttp(request, call),
    async resume() {
      resumed = true;
      for (const pipe of store.pipes()) await settle(pipe);
    },
    stop: () => sources.stop(),
    provisionPipe: (definition) => keep(definition, store.pipe(definition.Name)).arn,
  };
}

/** A definition with what UpdatePipe gives in its place; a source's parameters are changed one by one. */
function updated(before: Definition, update: ReturnType<typeof inputs.update.parse>): Definition {
  const { SourceParameters, ...rest } = update;
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  const stream = before.SourceParameters?.DynamoDBStreamParameters;
  const queue = before.SourceParameters?.SqsQueueParameters;
  const merged =
    SourceParameters === undefined
      ? before.SourceParameters
      : {
          ...(SourceParameters.FilterCriteria === undefined
            ? {}
            : { FilterCriteria: SourceParameters.FilterCriteria }),
          ...(stream === undefined
            ? {}
            : { DynamoDBStreamParameters: { ...stream, ...SourceParameters.DynamoDBStreamParameters } }),
          ...(queue === undefined && SourceParameters.SqsQueueParameters === undefined
            ? {}
            : { SqsQueueParameters: { ...queue, ...SourceParameters.SqsQueueParameters } }),
        };
  return inputs.create.parse({
    ...before,
    ...given,
    ...(merged === undefined ? {} : { SourceParameters: merged }),
  });
}

function currentState({ definition, failure }: StoredPipe): string {
  if (failure !== undefined) return 'START_FAILED';
  return definition.DesiredState;
}

function summary(pipe: StoredPipe): Output {
  return {
    Arn: pipe.arn,
    Name: pipe.definition.Name,
    DesiredState: pipe.definition.DesiredState,
    CurrentState: currentState(pipe),
    CreationTime: pipe.created / 1000,
    LastModifiedTime: pipe.modified / 1000,
  };
}

function description(pipe: StoredPipe): Output {
  return {
    ...pipe.definition,
    ...summary(pipe),
    ...(pipe.failure === undefined ? {} : { StateReason: pipe.failure }),
    Tags: pipe.definition.Tags ?? {},
  };
}

function list(pipes: readonly StoredPipe[], wanted: ReturnType<typeof inputs.list.parse>): Output {
  const matching = pipes.filter(
    (pipe) =>
      pipe.definition.Name.startsWith(wanted.NamePrefix ?? '') &&
      pipe.definition.Source.startsWith(wanted.SourcePrefix ?? '') &&
      pipe.definition.Target.startsWith(wanted.TargetPrefix ?? '') &&
      (wanted.DesiredState === undefined || pipe.definition.DesiredState === wanted.DesiredState) &&
      (wanted.CurrentState === undefined || currentState(pipe) === wanted.CurrentState),
  );
  // A token is the last name of the page before.
  const from = wanted.NextToken;
  const left = from === undefined ? matching : matching.filter(({ definition }) => definition.Name > from);
  const page = left.slice(0, wanted.Limit);
  return {
    Pipes: page.map((pipe) => ({
      ...summary(pipe),
      Source: pipe.definition.Source,
      Target: pipe.definition.Target,
      ...(pipe.definition.Enrichment === undefined ? {} : { Enrichment: pipe.definition.Enrichment }),
    })),
    ...(left.length > page.length ? { NextToken: page.at(-1)?.definition.Name } : {}),
  };
}
