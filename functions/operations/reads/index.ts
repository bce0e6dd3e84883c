import * as z from 'zod';
import type { auditorContract } from '../../http/auditor/contract.ts';
import { readRound } from '../../programme/store.ts';
import type { SignedInContext } from '../../shared/http/audience-handler.ts';
import type { RouteInput } from '../../shared/http/contract.ts';
import { read } from '../../shared/table/change.ts';
import { waitKey } from '../../shared/table/keys.ts';
import { refusalWords } from '../import-words.ts';
import { waitOf } from '../journey.ts';
import { listRuns, readRun } from '../runs.ts';
import { subjectOf } from '../subjects.ts';
import { readBoard, readJourney, readPlacements, readRegistrations, readStuck } from './course.ts';
import {
  readFunders,
  readHubs,
  readPeopleRows,
  readRegisterState,
  readRounds,
  readSchoolAwards,
} from './programme.ts';

const anyItem = z.record(z.string(), z.unknown());

type Reads = typeof auditorContract;
/** The routes of both audiences by what they take and answer; addresses and roles, in which they differ, left out. */
type ReadImplementation = {
  readonly [N in keyof Reads]: (
    input: {
      readonly params: RouteInput<Reads[N]>['params'];
      readonly query: RouteInput<Reads[N]>['query'];
      readonly body: RouteInput<Reads[N]>['body'];
    },
    context: SignedInContext,
  ) => Promise<z.input<Reads[N]['response']>>;
};

/** What administrators and auditors read, one implementation for both audiences. */
export const readImplementation: ReadImplementation = {
  listRounds: async () => ({ rounds: await readRounds() }),
  readRound: ({ params }) => readRound(params.roundId),
  readBoard: ({ params }, { now }) => readBoard(params.roundId, now),
  listRegistrations: async ({ params, query }) => ({
    registrations: await readRegistrations(params.roundId, query.status, query.q),
  }),
  readJourney: ({ params }) => readJourney(params.registrationId),
  listPlacements: async () => ({ placements: await readPlacements() }),
  listHubs: async ({ query }, { now }) => ({ hubs: await readHubs(query.roundId, now) }),
  listPeople: async ({ query }) => ({ people: await readPeopleRows(query.role, query.q) }),
  listFunders: async () => ({ funders: await readFunders() }),
  readRegister: (_input, { language }) => readRegisterState(refusalWords(language)),
  listSchoolAwards: async ({ params }) => ({ awards: await readSchoolAwards(params.urn) }),
  listStuck: async () => ({ stuck: await readStuck() }),
  listRuns: ({ query }) => listRuns(query.workflow, query.status, query.next),
  readRun: async ({ query }) => {
    const run = await readRun(query.executionArn);
    const { collection, workflow } = run;
    const subject = collection === null ? undefined : await subjectOf(collection);
    const item = collection === null ? undefined : await read(anyItem, waitKey(collection, workflow));
    const wait = item === undefined ? undefined : waitOf(item);
    return {
      ...run,
      subject: subject?.words ?? null,
      registrationId: subject?.registrationId ?? null,
      // Another attempt may wait meanwhile; only its own wait is this execution's.
      wait: wait?.executionArn === run.executionArn ? wait : null,
    };
  },
};
