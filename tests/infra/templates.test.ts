import { beforeAll, describe, expect, it } from 'vitest';
import { acknowledgements } from '../../lib/checks/acknowledge.ts';
import { resourcesOf, type SynthesisedStack, synthesiseStage } from '../support/assembly.ts';

let local: SynthesisedStack[];
let production: SynthesisedStack[];
beforeAll(async () => {
  local = await synthesiseStage('local');
  production = await synthesiseStage('production');
});

describe('templates', () => {
  it('keep state apart from what is deployed daily', () => {
    const elsewhere = local.filter((stack) => !stack.name.endsWith('-Data'));
    for (const type of ['AWS::DynamoDB::GlobalTable', 'AWS::Cognito::UserPool', 'AWS::Events::EventBus']) {
      expect(resourcesOf(elsewhere, type)).toEqual([]);
    }
  });

  it('give no resource a physical name that would block its replacement', () => {
    const named = [
      'AWS::Lambda::Function.FunctionName',
      'AWS::StepFunctions::StateMachine.StateMachineName',
      'AWS::DynamoDB::GlobalTable.TableName',
      'AWS::S3::Bucket.BucketName',
      'AWS::IAM::Role.RoleName',
    ];
    for (const entry of named) {
      const [type, property] = entry.split('.');
      for (const { where, properties } of resourcesOf(local, type!))
        expect(properties[property!], where).toBeUndefined();
    }
  });
});

describe('the email with a sign-in code', () => {
  it('says it in both languages, with one place for the code, as long as Cognito takes', () => {
    for (const { properties } of resourcesOf([...local, ...production], 'AWS::Cognito::UserPool')) {
      const { EmailAuthenticationMessage: message, EmailAuthenticationSubject: subject } = properties;
      expect(String(message).split('{####}')).toHaveLength(2);
      expect(String(message)).toMatch(/lang="en".*sign in.*lang="cy".*fewngofnodi/);
      expect(String(message).length).toBeLessThan(20_000);
      expect(String(subject)).toBe('Your sign-in code / Eich cod mewngofnodi');
    }
  });
});

describe('every function', () => {
  it('runs on arm64 and nodejs24.x with a timeout, tracing and a log group of its own that expires', () => {
    const functions = resourcesOf(local, 'AWS::Lambda::Function');
    expect(functions.length).toBeGreaterThan(20);
    const groups = new Set<string>();
    for (const { where, properties } of functions) {
      expect(properties, where).toMatchObject({
        Architectures: ['arm64'],
        Runtime: 'nodejs24.x',
        TracingConfig: { Mode: 'Active' },
      });
      expect(properties.Timeout, where).toBeTypeOf('number');
      groups.add(
        JSON.stringify((properties.LoggingConfig as { LogGroup: unknown }).LogGroup) + where.split(' ')[0],
      );
    }
    expect(groups.size).toBe(functions.length);
    for (const { where, properties } of resourcesOf(local, 'AWS::Logs::LogGroup'))
      expect(properties.RetentionInDays, where).toBeTypeOf('number');
  });

  it('has a role of its own', () => {
    const roles = resourcesOf(local, 'AWS::Lambda::Function').map(
      ({ where, properties }) => where.split(' ')[0] + JSON.stringify(properties.Role),
    );
    expect(new Set(roles).size).toBe(roles.length);
  });
});

describe('every workflow', () => {
  it('has an alarm that says what its failure means for people and where the runbook is', () => {
    const machines = resourcesOf(local, 'AWS::StepFunctions::StateMachine');
    const alarms = resourcesOf(local, 'AWS::CloudWatch::Alarm').filter(({ where }) =>
      where.includes('Workflow'),
    );
    expect(alarms.length).toBe(machines.length);
    for (const { where, properties } of alarms)
      expect(properties.AlarmDescription, where).toMatch(/\w.*Runbook: docs\/runbooks\//);
  });
});

describe('acknowledged findings', () => {
  it('never concern encryption, and each has its reason', () => {
    const encryption = /AwsSolutions-(S2|S3|S10|SQS2|SQS4|SNS2|SNS3|KMS5|CFR[345]|DDB)/;
    for (const { path, id, reason } of acknowledgements()) {
      // CloudFront's own certificate has no choice of protocol; it is TLS all the same.
      if (id !== 'AwsSolutions-CFR4') expect(id, path).not.toMatch(encryption);
      expect(reason.length, path).toBeGreaterThan(20);
    }
  });
});
