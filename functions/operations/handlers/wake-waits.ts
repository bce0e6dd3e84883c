import * as z from 'zod';
import { listRegistrations } from '../../registration/store.ts';
import { busEvent } from '../../shared/events/bus-event.ts';
import { catalogue, isEventName, type WorkflowName } from '../../shared/events/catalogue.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { queryIndex } from '../../shared/table/change.ts';
import { assignmentPk, registrationPk, roundPk } from '../../shared/table/keys.ts';
import { wake } from '../wake.ts';

/** Machines of one registration that may wait for a date of the round. */
const registrationWorkflows: readonly WorkflowName[] = [
  'registration',
  'training',
  'submission',
  'moderation-case',
  'award',
];
const AT_ONCE = 20;

const roundMoved = z.object({ roundId: z.string() });
const registrationMoved = z.object({ registrationId: z.string(), roundId: z.string(), deadline: z.string() });
const assignmentRow = z.object({ assignmentId: z.string(), registrationId: z.string() });

/** Wakes the machines that an event concerns, by the catalogue; a moved deadline of a round wakes all that wait for it. */
export const handler = taskHandler(busEvent, z.object({ woken: z.number().int() }), async (event) => {
  const { collection, eventId, data } = event.detail;
  const name = event['detail-type'];
  if (!isEventName(name)) return { woken: 0 };
  if (name === 'RoundDeadlineMoved')
    return { woken: await wakeRound(roundMoved.parse(data).roundId, eventId) };
  const { wakes } = catalogue[name];
  for (const workflow of wakes) await wake(collectionOf(collection, workflow, data), workflow, eventId);
  const assignments =
    name === 'RegistrationDeadlineMoved' ? await assignmentsOf(registrationMoved.parse(data)) : [];
  for (const pk of assignments) await wake(pk, 'assessment', eventId, true);
  return { woken: wakes.length + assignments.length };
});

/** A machine waits in the collection of its own subject, which need not be the event's: an assignment's is the assignment. */
function collectionOf(
  collection: string,
  workflow: WorkflowName,
  data: Readonly<Record<string, unknown>>,
): string {
  const of = (name: string): string | undefined => (typeof data[name] === 'string' ? data[name] : undefined);
  if (workflow === 'assessment') return pkOf(assignmentPk, of('assignmentId')) ?? collection;
  if (workflow === 'allocation' || workflow === 'moderation')
    return pkOf(roundPk, of('roundId')) ?? collection;
  if (workflow === 'reconciliation') return collection;
  return pkOf(registrationPk, of('registrationId')) ?? collection;
}

const pkOf = (pk: (id: string) => string, id: string | undefined): string | undefined =>
  id === undefined ? undefined : pk(id);

/** Collections of a registration's assignments, where the moved deadline is theirs. */
async function assignmentsOf(moved: z.output<typeof registrationMoved>): Promise<string[]> {
  if (moved.deadline !== 'assessmentDue') return [];
  const items = await queryIndex('byRound', `${roundPk(moved.roundId)}#ASSIGNMENT`);
  return items
    .map((item) => assignmentRow.parse(item))
    .filter(({ registrationId }) => registrationId === moved.registrationId)
    .map(({ assignmentId }) => assignmentPk(assignmentId));
}

async function wakeRound(roundId: string, eventId: string): Promise<number> {
  const registrations = await listRegistrations(roundId);
  const assignments = await queryIndex('byRound', `${roundPk(roundId)}#ASSIGNMENT`);
  const targets: [string, WorkflowName][] = [
    ...registrations.flatMap(({ registrationId }) =>
      registrationWorkflows.map((workflow): [string, WorkflowName] => [
        registrationPk(registrationId),
        workflow,
      ]),
    ),
    ...assignments.map((item): [string, WorkflowName] => [
      assignmentPk(assignmentRow.parse(item).assignmentId),
      'assessment',
    ]),
    [roundPk(roundId), 'allocation'],
    [roundPk(roundId), 'moderation'],
  ];
  for (let from = 0; from < targets.length; from += AT_ONCE) {
    await Promise.all(
      targets.slice(from, from + AT_ONCE).map(([pk, workflow]) => wake(pk, workflow, eventId, true)),
    );
  }
  return targets.length;
}
