import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Activity } from '../../../local/core/activity.ts';
import { Clock } from '../../../local/core/clock.ts';
import { Journal } from '../../../local/core/journal.ts';
import type { ResourceProviders } from '../../../local/core/resources.ts';
import type { CloudContext } from '../../../local/core/service.ts';
import { createGateway } from '../../../local/gateway/registry.ts';
import { readAssembly } from '../../../local/templates/assembly.ts';
import { resolveValue, type Scope } from '../../../local/templates/intrinsics.ts';
import { physicalName, provisionAssembly } from '../../../local/templates/provision.ts';
import { provisioningOrder, templateSchema } from '../../../local/templates/template.ts';
import { type TestStack, writeAssembly } from '../../integration/local/support.ts';

function scope(template: Record<string, unknown> = {}): Scope {
  return {
    stack: 'Test',
    template: templateSchema.parse({ Resources: {}, ...template }),
    pseudo: { 'AWS::Region': 'eu-west-2', 'AWS::AccountId': '000000000000', 'AWS::Partition': 'aws' },
    parameters: { Stage: 'local' },
    resource: (id) =>
      id === 'Table'
        ? { ref: 'table-name', attributes: { Arn: 'arn:table', 'Nested.Name': 'n' } }
        : undefined,
    exported: (name) => (name === 'Data:Table' ? 'exported-table' : undefined),
    output: (stack, name) => (stack === 'Other' && name === 'Url' ? 'http://other' : undefined),
  };
}

describe('intrinsic functions', () => {
  it.each<[string, unknown, unknown]>([
    ['Ref to a resource', { Ref: 'Table' }, 'table-name'],
    ['Ref to a parameter', { Ref: 'Stage' }, 'local'],
    ['Ref to a pseudo parameter', { Ref: 'AWS::Region' }, 'eu-west-2'],
    ['GetAtt', { 'Fn::GetAtt': ['Table', 'Arn'] }, 'arn:table'],
    ['GetAtt as text', { 'Fn::GetAtt': 'Table.Nested.Name' }, 'n'],
    ['Join', { 'Fn::Join': [':', ['arn', { Ref: 'AWS::Partition' }, 7]] }, 'arn:aws:7'],
    [
      'Sub',
      { 'Fn::Sub': 'x-${AWS::Region}-${Table.Arn}-${Table}-${!Literal}' },
      'x-eu-west-2-arn:table-table-name-${Literal}',
    ],
    ['Sub with variables', { 'Fn::Sub': ['${a}/${Stage}', { a: { Ref: 'Table' } }] }, 'table-name/local'],
    ['Select of Split', { 'Fn::Select': [1, { 'Fn::Split': ['-', 'a-b-c'] }] }, 'b'],
    ['Select by text', { 'Fn::Select': ['0', ['first']] }, 'first'],
    ['ImportValue', { 'Fn::ImportValue': 'Data:Table' }, 'exported-table'],
    ['GetStackOutput', { 'Fn::GetStackOutput': { StackName: 'Other', OutputName: 'Url' } }, 'http://other'],
    ['Base64', { 'Fn::Base64': 'é' }, 'w6k='],
    ['no value in an object', { a: { Ref: 'AWS::NoValue' }, b: 1 }, { b: 1 }],
    ['no value in a list', [1, { Ref: 'AWS::NoValue' }], [1]],
    [
      'an object of one member that is no function',
      { Statement: { Ref: 'Table' } },
      { Statement: 'table-name' },
    ],
  ])('%s', (_name, value, expected) => {
    expect(resolveValue(value, scope())).toEqual(expected);
  });

  it('chooses by conditions and maps', () => {
    const within = scope({
      Conditions: {
        IsLocal: { 'Fn::Equals': [{ Ref: 'Stage' }, 'local'] },
        Never: { 'Fn::Not': [{ Condition: 'IsLocal' }] },
        Both: { 'Fn::And': [{ Condition: 'IsLocal' }, { Condition: 'Never' }] },
        Either: { 'Fn::Or': [{ Condition: 'Both' }, { Condition: 'IsLocal' }] },
      },
      Mappings: { Sizes: { 'eu-west-2': { small: 128 } } },
    });
    expect(resolveValue({ 'Fn::If': ['IsLocal', 'yes', 'no'] }, within)).toBe('yes');
    expect(resolveValue({ 'Fn::If': ['Both', 'yes', 'no'] }, within)).toBe('no');
    expect(resolveValue({ 'Fn::If': ['Either', 'yes', 'no'] }, within)).toBe('yes');
    expect(resolveValue({ 'Fn::FindInMap': ['Sizes', { Ref: 'AWS::Region' }, 'small'] }, within)).toBe(128);
  });

  it('are refused by name where unknown or leading nowhere', () => {
    expect(() => resolveValue({ 'Fn::Cidr': ['10.0.0.0/16', 2] }, scope())).toThrow(
      'Test: the intrinsic function Fn::Cidr',
    );
    expect(() => resolveValue({ Ref: 'Nothing' }, scope())).toThrow('Ref to Nothing');
    expect(() => resolveValue({ 'Fn::GetAtt': ['Table', 'Colour'] }, scope())).toThrow('attribute Colour');
    expect(() => resolveValue({ 'Fn::ImportValue': 'Data:Other' }, scope())).toThrow(
      'no stack exports Data:Other',
    );
  });
});

describe('the order of provisioning', () => {
  it('follows references, substitutions and DependsOn', () => {
    const template = templateSchema.parse({
      Resources: {
        A: { Type: 'T', Properties: { Name: { 'Fn::Sub': '${B}-${C.Arn}-${AWS::Region}' } } },
        B: { Type: 'T', DependsOn: ['D'] },
        C: { Type: 'T', Properties: { List: [{ 'Fn::GetAtt': ['B', 'Arn'] }] } },
        D: { Type: 'T' },
      },
    });
    expect(provisioningOrder(template)).toEqual(['D', 'B', 'C', 'A']);
  });

  it('refuses a circle', () => {
    const template = templateSchema.parse({
      Resources: {
        A: { Type: 'T', Properties: { Name: { Ref: 'B' } } },
        B: { Type: 'T', Properties: { Name: { Ref: 'A' } } },
      },
    });
    expect(() => provisioningOrder(template)).toThrow('A -> B -> A');
  });
});

describe('physical names', () => {
  it('are the same at every start and never longer than wished', () => {
    expect(physicalName('Stack', 'Table', 64)).toBe('Stack-Table');
    const long = physicalName('Stack', 'A'.repeat(100), 64);
    expect(long).toHaveLength(64);
    expect(physicalName('Stack', 'A'.repeat(100), 64)).toBe(long);
    expect(physicalName('Stack', `${'A'.repeat(99)}B`, 64)).not.toBe(long);
  });
});

describe('an assembly', () => {
  async function provision(stacks: Record<string, TestStack>, journal = new Journal(undefined)) {
    const directory = mkdtempSync(join(tmpdir(), 'assembly-'));
    const seen: { stack: string; logicalId: string; properties: Record<string, unknown> }[] = [];
    const lines: string[] = [];
    const activity = new Activity();
    const cloud: CloudContext = {
      account: '000000000000',
      region: 'eu-west-2',
      dataDir: undefined,
      journal,
      activity,
      clock: new Clock(journal, activity),
      gateway: createGateway(),
      log: (_source, message) => lines.push(message),
    };
    cloud.gateway.register({
      name: 'ssm',
      call: async (_action, input) => ({ Parameter: { Value: `value of ${input.Name}` } }),
    });
    cloud.gateway.register({
      name: 'secretsmanager',
      call: async (_action, input) => ({ SecretString: JSON.stringify({ of: input.SecretId }) }),
    });
    const providers: ResourceProviders = {
      'Test::Thing': {
        properties: ['Name', 'Input'],
        async provision({ stack, logicalId, properties, physicalName: nameIt }) {
          seen.push({ stack, logicalId, properties });
          return { ref: nameIt(), attributes: { Arn: `arn:${logicalId}` } };
        },
      },
    };
    try {
      const assembly = readAssembly(writeAssembly(directory, stacks));
      const result = await provisionAssembly(cloud, assembly, providers);
      return { result, seen, lines };
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }

  it('passes values from stack to stack', async () => {
    const { seen, result } = await provision({
      Data: {
        Resources: { One: { Type: 'Test::Thing' } },
        Outputs: { Out: { Value: { 'Fn::GetAtt': ['One', 'Arn'] }, Export: { Name: 'Data:One' } } },
      },
      App: {
        Resources: { Two: { Type: 'Test::Thing', Properties: { Input: { 'Fn::ImportValue': 'Data:One' } } } },
      },
    });
    expect(seen.map((each) => each.properties)).toEqual([{}, { Input: 'arn:One' }]);
    expect(result.outputs).toEqual({ Data: { Out: 'arn:One' }, App: {} });
  });

  it('resolves parameters and dynamic references', async () => {
    const { seen } = await provision({
      App: {
        Parameters: {
          BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk-bootstrap/version' },
          Given: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/psqm/url' },
          Plain: { Type: 'String', Default: 'p' },
        },
        Resources: {
          One: {
            Type: 'Test::Thing',
            Properties: {
              Name: { 'Fn::Join': ['', [{ Ref: 'Given' }, ' ', { Ref: 'Plain' }]] },
              Input: [
                '{{resolve:ssm:/a:3}} and {{resolve:secretsmanager:arn:aws:secretsmanager:eu-west-2:0:secret:s:SecretString:of::}}',
              ],
            },
          },
        },
      },
    });
    expect(seen[0]?.properties).toEqual({
      Name: 'value of /psqm/url p',
      Input: ['value of /a and arn:aws:secretsmanager:eu-west-2:0:secret:s'],
    });
  });

  it('leaves out resources whose condition does not hold', async () => {
    const { seen } = await provision({
      App: {
        Conditions: { No: { 'Fn::Equals': ['a', 'b'] } },
        Resources: { One: { Type: 'Test::Thing', Condition: 'No' }, Two: { Type: 'Test::Thing' } },
      },
    });
    expect(seen.map((each) => each.logicalId)).toEqual(['Two']);
  });

  it('refuses an unknown type and an unknown property by name', async () => {
    await expect(
      provision({ App: { Resources: { Cluster: { Type: 'AWS::EKS::Cluster' } } } }),
    ).rejects.toThrow('the local cloud does not support App Cluster: the resource type AWS::EKS::Cluster');
    await expect(
      provision({ App: { Resources: { One: { Type: 'Test::Thing', Properties: { Colour: 'red' } } } } }),
    ).rejects.toThrow('App One: Test::Thing property Colour');
    await expect(
      provision({
        App: { Resources: { One: { Type: 'AWS::CloudWatch::Alarm', Properties: { Loudness: 11 } } } },
      }),
    ).rejects.toThrow('App One: AWS::CloudWatch::Alarm property Loudness');
  });

  it('notices what is no longer there', async () => {
    const journal = new Journal(undefined);
    await provision(
      { App: { Resources: { One: { Type: 'Test::Thing' }, Two: { Type: 'Test::Thing' } } } },
      journal,
    );
    const { lines } = await provision({ App: { Resources: { Two: { Type: 'Test::Thing' } } } }, journal);
    expect(lines).toEqual(['App One (Test::Thing) is no longer in the templates; its data is kept']);
  });
});
