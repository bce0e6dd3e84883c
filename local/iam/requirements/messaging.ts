import { passRole, type Requirement, type Requirements, record, records, text } from './requirement.ts';

/** Permissions of SQS: a batch needs what its single call needs. */
export const sqsRequirements: Requirements = (action, input, { account, region }) => {
  const named = (name: string): string => `arn:aws:sqs:${region}:${account}:${name}`;
  const url = text(input, 'QueueUrl');
  const queue = named(url === '' ? text(input, 'QueueName') : (url.split('/').pop() ?? ''));
  const single: Readonly<Record<string, string>> = {
    SendMessage: 'SendMessage',
    SendMessageBatch: 'SendMessage',
    ReceiveMessage: 'ReceiveMessage',
    DeleteMessage: 'DeleteMessage',
    DeleteMessageBatch: 'DeleteMessage',
    ChangeMessageVisibility: 'ChangeMessageVisibility',
    ChangeMessageVisibilityBatch: 'ChangeMessageVisibility',
    CreateQueue: 'CreateQueue',
    DeleteQueue: 'DeleteQueue',
    GetQueueAttributes: 'GetQueueAttributes',
    GetQueueUrl: 'GetQueueUrl',
    PurgeQueue: 'PurgeQueue',
    SetQueueAttributes: 'SetQueueAttributes',
  };
  if (action === 'ListQueues') return [{ action: 'sqs:ListQueues', resource: '*' }];
  const verb = single[action];
  return verb === undefined ? undefined : [{ action: `sqs:${verb}`, resource: queue }];
};

/** Permissions of EventBridge: an event needs its bus, a rule with a role needs to pass it. */
export const eventsRequirements: Requirements = (action, input, { account, region }) => {
  const prefix = `arn:aws:events:${region}:${account}`;
  const busArn = (name: string): string =>
    name.startsWith('arn:') ? name : `${prefix}:event-bus/${name === '' ? 'default' : name}`;
  const ruleArn = (): string => {
    const bus = busArn(text(input, 'EventBusName')).split('event-bus/')[1] ?? 'default';
    const name = text(input, 'Rule') || text(input, 'Name');
    return `${prefix}:rule/${bus === 'default' ? '' : `${bus}/`}${name}`;
  };
  switch (action) {
    case 'PutEvents': {
      const buses = new Set(records(input.Entries).map((entry) => busArn(text(entry, 'EventBusName'))));
      return [...buses].map((resource) => ({ action: 'events:PutEvents', resource }));
    }
    case 'PutTargets':
      return [
        { action: 'events:PutTargets', resource: ruleArn() },
        ...records(input.Targets).flatMap((target): Requirement[] =>
          text(target, 'RoleArn') === '' ? [] : [passRole(text(target, 'RoleArn'), 'events.amazonaws.com')],
        ),
      ];
    case 'PutRule':
    case 'DeleteRule':
    case 'DescribeRule':
    case 'DisableRule':
    case 'EnableRule':
    case 'ListTargetsByRule':
    case 'RemoveTargets':
      return [{ action: `events:${action}`, resource: ruleArn() }];
    case 'CreateEventBus':
    case 'DeleteEventBus':
    case 'DescribeEventBus':
      return [{ action: `events:${action}`, resource: busArn(text(input, 'Name')) }];
    case 'ListRules':
    case 'ListEventBuses':
    case 'ListRuleNamesByTarget':
    case 'TestEventPattern':
      return [{ action: `events:${action}`, resource: '*' }];
    default:
      return undefined;
  }
};

/** Permissions of Scheduler. */
export const schedulerRequirements: Requirements = (action, input, { account, region }) => {
  const prefix = `arn:aws:scheduler:${region}:${account}`;
  const group = text(input, 'GroupName') || 'default';
  switch (action) {
    case 'CreateSchedule':
    case 'UpdateSchedule': {
      const role = text(record(input.Target), 'RoleArn');
      return [
        { action: `scheduler:${action}`, resource: `${prefix}:schedule/${group}/${text(input, 'Name')}` },
        ...(role === '' ? [] : [passRole(role, 'scheduler.amazonaws.com')]),
      ];
    }
    case 'GetSchedule':
    case 'DeleteSchedule':
      return [
        { action: `scheduler:${action}`, resource: `${prefix}:schedule/${group}/${text(input, 'Name')}` },
      ];
    case 'CreateScheduleGroup':
    case 'GetScheduleGroup':
    case 'DeleteScheduleGroup':
      return [{ action: `scheduler:${action}`, resource: `${prefix}:schedule-group/${text(input, 'Name')}` }];
    case 'ListSchedules':
    case 'ListScheduleGroups':
      return [{ action: `scheduler:${action}`, resource: '*' }];
    default:
      return undefined;
  }
};

/** Permissions of SES: to send needs the identity, and the configuration set where one is named. */
export const sesRequirements: Requirements = (action, input, place) => {
  if (action !== 'SendEmail') return undefined;
  const prefix = `arn:aws:ses:${place.region}:${place.account}`;
  const address =
    /<([^<>]+)>\s*$/.exec(text(input, 'FromEmailAddress'))?.[1] ?? text(input, 'FromEmailAddress');
  const set = text(input, 'ConfigurationSetName');
  return [
    { action: 'ses:SendEmail', resource: `${prefix}:identity/${place.sendingIdentity(address)}` },
    ...(set === '' ? [] : [{ action: 'ses:SendEmail', resource: `${prefix}:configuration-set/${set}` }]),
  ];
};
