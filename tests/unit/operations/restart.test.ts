import { describe, expect, it } from 'vitest';
import { startingEvent } from '../../../functions/operations/restart.ts';
import { catalogue, workflows } from '../../../functions/shared/events/catalogue.ts';
import { RefusedError } from '../../../functions/shared/runtime/errors.ts';
import { stageDefinitions } from '../../../lib/stages/index.ts';

const record = { registrationId: 'R1', roundId: 'R30-AUTUMN', assignmentId: 'A1', statementId: 'S1' };

describe('the event that starts a stage again', () => {
  it('carries the new attempt and what its machine needs, for every workflow', () => {
    for (const workflow of workflows) {
      const { name, detail } = startingEvent(workflow, record, 3, 'AWARDED');
      expect(catalogue[name].detail.parse(detail)).toMatchObject({ attempt: 3 });
    }
  });

  it('needs a confirmed decision for an award', () => {
    expect(() => startingEvent('award', record, 2)).toThrow(RefusedError);
  });
});

describe('every machine', () => {
  it('is started by the event with which it is started again', () => {
    for (const { workflows: machines } of stageDefinitions) {
      for (const { name, startedBy } of Object.values(machines)) {
        expect(startedBy).toContain(startingEvent(name, record, 2, 'AWARDED').name);
      }
    }
  });
});
