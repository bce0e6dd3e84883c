import { lambdaRequirements, statesRequirements } from './compute.ts';
import { dynamoDbRequirements } from './dynamodb.ts';
import { eventsRequirements, schedulerRequirements, sesRequirements, sqsRequirements } from './messaging.ts';
import type { Requirements } from './requirement.ts';
import { s3Requirements } from './s3.ts';
import { cognitoRequirements, secretsManagerRequirements, ssmRequirements } from './settings.ts';

/** What calls of each service need, by the service's name in the gateway. */
export const requirementsByService: Readonly<Record<string, Requirements>> = {
  'cognito-idp': cognitoRequirements,
  dynamodb: dynamoDbRequirements,
  events: eventsRequirements,
  lambda: lambdaRequirements,
  s3: s3Requirements,
  scheduler: schedulerRequirements,
  secretsmanager: secretsManagerRequirements,
  ses: sesRequirements,
  sqs: sqsRequirements,
  ssm: ssmRequirements,
  states: statesRequirements,
};
