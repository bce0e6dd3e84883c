import * as z from 'zod';
import { parseInput } from '../core/input.ts';
import type { ResourceProviders } from '../core/resources.ts';
import type { Caller } from '../core/service.ts';
import { inputs, ruleSchema, targetSchema } from './model.ts';
import { busNameOf } from './publisher.ts';
import type { EventsService } from './service.ts';

const OWNER: Caller = { kind: 'root' };
const document = z.union([
  z.string(),
  z.record(z.string(), z.unknown()).transform((value) => JSON.stringify(value)),
]);

const bus = inputs.CreateEventBus.extend({ Policy: document.optional() });
const rule = z.strictObject({
  Name: z.string().optional(),
  Description: z.string().optional(),
  EventBusName: z.string().optional(),
  EventPattern: document.optional(),
  RoleArn: z.string().optional(),
  ScheduleExpression: z.string().optional(),
  State: ruleSchema.shape.state.optional(),
  Tags: inputs.PutRule.shape.Tags,
  Targets: z.array(targetSchema).optional(),
});
const busPolicy = z.strictObject({
  EventBusName: z.string().optional(),
  StatementId: z.string(),
  Statement: z.record(z.string(), z.unknown()).optional(),
  Action: z.string().optional(),
  Principal: z.string().optional(),
  Condition: inputs.PutPermission.shape.Condition,
});

/** AWS::Events::EventBus, AWS::Events::Rule and AWS::Events::EventBusPolicy. */
export function eventsResources(service: EventsService): ResourceProviders {
  const call = (action: string, input: Record<string, unknown>): Promise<Record<string, unknown>> =>
    service.call(action, input, OWNER);

  async function busExists(name: string): Promise<boolean> {
    const { EventBuses } = z
      .object({ EventBuses: z.array(z.object({ Name: z.string() })) })
      .parse(await call('ListEventBuses', { NamePrefix: name }));
    return EventBuses.some(({ Name }) => Name === name);
  }

  return {
    'AWS::Events::EventBus': {
      properties: Object.keys(bus.shape),
      async provision(request) {
        const { Policy, Tags, Name, ...given } = parseInput(request.type, bus, request.properties);
        if (await busExists(Name)) await call('UpdateEventBus', { Name, ...given });
        else await call('CreateEventBus', { Name, ...given, Tags });
        if (Policy !== undefined) await call('PutPermission', { EventBusName: Name, Policy });
        const { Arn } = z.object({ Arn: z.string() }).parse(await call('DescribeEventBus', { Name }));
        return { ref: Name, attributes: { Arn, Name } };
      },
    },
    'AWS::Events::Rule': {
      properties: Object.keys(rule.shape),
      async provision(request) {
        const { Targets = [], ...given } = parseInput(request.type, rule, request.properties);
        const Name = given.Name ?? request.physicalName(64);
        const { EventBusName } = given;
        const answer = await call('PutRule', { ...given, Name });
        const { RuleArn } = z.object({ RuleArn: z.string() }).parse(answer);
        const known = z
          .object({ Targets: z.array(z.object({ Id: z.string() })) })
          .parse(await call('ListTargetsByRule', { Rule: Name, EventBusName }));
        const gone = known.Targets.map(({ Id }) => Id).filter((id) => !Targets.some(({ Id }) => Id === id));
        if (gone.length > 0) await call('RemoveTargets', { Rule: Name, EventBusName, Ids: gone });
        if (Targets.length > 0) await call('PutTargets', { Rule: Name, EventBusName, Targets });
        service.keepProvisioned(RuleArn);
        const busName = busNameOf(EventBusName);
        return { ref: busName === 'default' ? Name : `${busName}|${Name}`, attributes: { Arn: RuleArn } };
      },
    },
    'AWS::Events::EventBusPolicy': {
      properties: Object.keys(busPolicy.shape),
      async provision(request) {
        const { Statement, ...given } = parseInput(request.type, busPolicy, request.properties);
        if (Statement === undefined) await call('PutPermission', given);
        else service.putStatement(given.EventBusName, { ...Statement, Sid: given.StatementId });
        return { ref: `${busNameOf(given.EventBusName)}|${given.StatementId}` };
      },
    },
  };
}
