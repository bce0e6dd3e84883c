import * as z from 'zod';
import { wake } from '../../operations/wake.ts';
import { busEvent } from '../../shared/events/bus-event.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { read } from '../../shared/table/change.ts';
import { assignmentPk } from '../../shared/table/keys.ts';
import { place, placeKey } from '../allocation/records.ts';
import { clearUnplaced } from '../store.ts';

const about = z.object({ registrationId: z.string(), roundId: z.string() });

/**
 * Wakes the assignment of a school that left the round or whose own deadline was moved: such an event is told in the
 * registration's collection, the machine waits in the assignment's. A school that left waits for no assessor either.
 */
export const handler = taskHandler(
  busEvent,
  z.object({ woken: z.boolean() }),
  async ({ detail, 'detail-type': name }) => {
    const { registrationId, roundId } = about.parse(detail.data);
    const held = await read(place, placeKey(roundId, registrationId));
    if (name === 'RegistrationWithdrawn' && held?.unplaced !== undefined)
      await clearUnplaced(roundId, registrationId);
    if (held?.assignmentId === undefined) return { woken: false };
    await wake(assignmentPk(held.assignmentId), 'assessment', detail.eventId, true);
    return { woken: true };
  },
);
