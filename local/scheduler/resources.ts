import * as z from 'zod';
import { parseInput } from '../core/input.ts';
import type { ResourceProviders } from '../core/resources.ts';
import { definitionSchema } from './model.ts';
import type { SchedulerService } from './service.ts';

const schedule = definitionSchema.extend({ Name: z.string().optional() });
const group = z.strictObject({
  Name: z.string().optional(),
  Tags: z.array(z.strictObject({ Key: z.string(), Value: z.string() })).optional(),
});

/** AWS::Scheduler::Schedule and AWS::Scheduler::ScheduleGroup. */
export function schedulerResources(service: SchedulerService): ResourceProviders {
  return {
    'AWS::Scheduler::Schedule': {
      properties: Object.keys(schedule.shape),
      async provision(request) {
        const given = parseInput(request.type, schedule, request.properties);
        const Name = given.Name ?? request.physicalName(64);
        return { ref: Name, attributes: { Arn: service.provisionSchedule({ ...given, Name }) } };
      },
    },
    'AWS::Scheduler::ScheduleGroup': {
      properties: Object.keys(group.shape),
      async provision(request) {
        const { Name, Tags = [] } = parseInput(request.type, group, request.properties);
        const tags = Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]));
        const created = service.provisionGroup(Name ?? request.physicalName(64), tags);
        return {
          ref: created.name,
          attributes: {
            Arn: created.arn,
            State: 'ACTIVE',
            CreationDate: new Date(created.created).toISOString(),
            LastModificationDate: new Date(created.modified).toISOString(),
          },
        };
      },
    },
  };
}
