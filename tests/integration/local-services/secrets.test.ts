import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { secretsManagerResources } from '../../../local/secrets-manager/resources.ts';
import { ssmResources } from '../../../local/ssm/resources.ts';
import { provision, type Services, startServices, temporaryDirectory } from './support.ts';

const directory = temporaryDirectory();
let services: Services;
let secrets: SecretsManagerClient;

const provisionSecret = (to: Services, properties: Record<string, unknown>, logicalId = 'Origin') =>
  provision(
    to.cloud,
    secretsManagerResources(to.secrets),
    'AWS::SecretsManager::Secret',
    logicalId,
    properties,
  );

beforeAll(async () => {
  services = await startServices({ dataDir: directory.path });
  secrets = new SecretsManagerClient(services.client);
});

afterAll(async () => {
  secrets.destroy();
  await services.stop();
  await directory.remove();
});

describe('a generated secret', () => {
  it('is the same at every start and read by name or ARN', async () => {
    const properties = {
      GenerateSecretString: { PasswordLength: 40, ExcludePunctuation: true, IncludeSpace: 'false' },
    };
    const { ref } = await provisionSecret(services, properties);
    const value = services.secrets.resolve(ref);
    expect(value).toMatch(/^[A-Za-z0-9]{40}$/);
    expect(await provisionSecret(services, properties)).toMatchObject({ ref });
    expect(services.secrets.resolve('Test-Origin')).toBe(value);
    const got = await secrets.send(new GetSecretValueCommand({ SecretId: ref }));
    expect(got).toMatchObject({ SecretString: value, ARN: ref, VersionStages: ['AWSCURRENT'] });
  });

  it('may stand within a template of JSON', async () => {
    const { ref } = await provisionSecret(
      services,
      {
        GenerateSecretString: {
          SecretStringTemplate: '{"user":"psqm"}',
          GenerateStringKey: 'password',
          ExcludeCharacters: '"\\',
        },
      },
      'Login',
    );
    expect(services.secrets.resolve(ref, 'user')).toBe('psqm');
    expect(services.secrets.resolve(ref, 'password')).toHaveLength(32);
    expect(() => services.secrets.resolve(ref, 'missing')).toThrow();
  });
});

describe('a new value', () => {
  it('becomes current, what was current previous', async () => {
    const { ref } = await provisionSecret(services, { SecretString: 'one' }, 'Changing');
    await secrets.send(new PutSecretValueCommand({ SecretId: ref, SecretString: 'two' }));
    const current = await secrets.send(new GetSecretValueCommand({ SecretId: ref }));
    const previous = await secrets.send(
      new GetSecretValueCommand({ SecretId: ref, VersionStage: 'AWSPREVIOUS' }),
    );
    expect([current.SecretString, previous.SecretString]).toEqual(['two', 'one']);
    const described = await secrets.send(new DescribeSecretCommand({ SecretId: ref }));
    expect(
      Object.values(described.VersionIdsToStages ?? {})
        .flat()
        .sort(),
    ).toEqual(['AWSCURRENT', 'AWSPREVIOUS']);
  });

  it('of an unknown secret is refused', async () => {
    await expect(secrets.send(new GetSecretValueCommand({ SecretId: 'none' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});

describe('a parameter', () => {
  it('is read by name and gets a version where its value changes', async () => {
    const put = (Value: string) =>
      provision(services.cloud, ssmResources(services.ssm), 'AWS::SSM::Parameter', 'P', {
        Name: '/psqm/site',
        Type: 'String',
        Value,
      });
    await put('a');
    await put('a');
    await put('b');
    const read = await services.ssm.call('GetParameter', { Name: '/psqm/site' }, { kind: 'root' });
    expect(read.Parameter).toMatchObject({ Value: 'b', Version: 2, Type: 'String' });
    expect(services.ssm.resolve('/psqm/site:1')).toBe('b');
    await expect(services.ssm.call('GetParameter', { Name: 'x' }, { kind: 'root' })).rejects.toMatchObject({
      name: 'ParameterNotFound',
    });
  });
});
