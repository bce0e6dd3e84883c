import { adminCourseContract } from '../../functions/http/admin/contract.ts';
import { auditorContract } from '../../functions/http/auditor/contract.ts';
import { wakingEvents } from '../../functions/shared/events/catalogue.ts';
import type { StageDefinition } from './types.ts';

export const operationsStage: StageDefinition = {
  stage: 'operations',
  functions: {
    'publish-events': {
      description: 'Puts the events of the outbox on the bus',
      grants: { publishes: true, table: ['UpdateItem'] },
      onTableInserts: { sortKeyPrefix: 'EVENT#' },
      timeoutSeconds: 60,
    },
    'sweep-outbox': {
      description: 'Publishes what the stream may have lost',
      grants: { publishes: true, table: ['Query', 'UpdateItem'] },
      schedule: 'rate(1 hour)',
      timeoutSeconds: 60,
    },
    'wake-waits': {
      description: 'Wakes the machines that an event concerns',
      grants: { table: ['Query', 'UpdateItem'], answersTasks: true },
      onEvents: wakingEvents,
      timeoutSeconds: 120,
    },
    'record-failed-run': {
      description: 'Puts executions that failed, timed out or were aborted on the stuck board',
      grants: { table: ['PutItem', 'UpdateItem'], knowsMachines: true },
      onAwsEvents: {
        source: 'aws.states',
        detailTypes: ['Step Functions Execution Status Change'],
        detail: { status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
      },
    },
    'resolve-given-up': {
      description:
        'Takes the search for a hub that was given up off the stuck board when the school withdraws',
      grants: { table: ['BatchGetItem', 'Query', 'PutItem'] },
      onEvents: ['RegistrationWithdrawn', 'RegistrationLapsed'],
    },
    'keep-round': {
      description: 'Does each morning what the calendars of the rounds ask for',
      grants: { table: ['BatchGetItem', 'Query', 'PutItem', 'UpdateItem'], mail: true },
      schedule: 'cron(0 9 * * ? *)',
      timeoutSeconds: 120,
    },
    'remind-staff': {
      description: 'Tells administrators each working day what has waited too long in which queue',
      grants: { table: ['BatchGetItem', 'Query'], mail: true },
      schedule: 'cron(30 9 * * ? *)',
      timeoutSeconds: 120,
    },
    'admin-api': {
      description: "Administrators' pages: what they read, the course of a round, runs",
      grants: {
        table: ['BatchGetItem', 'Query', 'PutItem', 'UpdateItem'],
        readsRuns: true,
        stopsRuns: true,
      },
      http: { audience: 'admin', contract: adminCourseContract },
      timeoutSeconds: 29,
      memoryMb: 1024,
    },
    'auditor-api': {
      description: "Auditors' pages: reads only",
      grants: { table: ['BatchGetItem', 'Query'], readsRuns: true },
      http: { audience: 'auditor', contract: auditorContract },
      timeoutSeconds: 29,
    },
  },
  workflows: {},
};
