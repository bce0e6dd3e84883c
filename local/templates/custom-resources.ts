import { createHash } from 'node:crypto';
import { matchesGlob } from 'node:path';
import * as z from 'zod';
import { parseInput } from '../core/input.ts';
import type { ResourceProviders, ResourceRequest } from '../core/resources.ts';
import { type AssetFile, readAssetFiles } from './asset-files.ts';
import { contentTypeOf } from './content-types.ts';
import type { Template } from './template.ts';

const booleanSchema = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);
const deploymentSchema = z.strictObject({
  ServiceToken: z.string(),
  ServiceTimeout: z.unknown().optional(),
  SourceBucketNames: z.array(z.string()),
  SourceObjectKeys: z.array(z.string()),
  SourceMarkers: z.array(z.record(z.string(), z.unknown())).optional(),
  SourceMarkersConfig: z.array(z.strictObject({ jsonEscape: booleanSchema.optional() })).optional(),
  DestinationBucketName: z.string(),
  DestinationBucketKeyPrefix: z.string().optional(),
  DestinationBucketArn: z.string().optional(),
  Prune: booleanSchema.optional(),
  Exclude: z.array(z.string()).optional(),
  Include: z.array(z.string()).optional(),
  Extract: booleanSchema.optional(),
  RetainOnDelete: booleanSchema.optional(),
  UserMetadata: z.record(z.string(), z.string()).optional(),
  SystemMetadata: z.record(z.string(), z.string()).optional(),
  // There is no cache to invalidate: the distribution reads the bucket.
  DistributionId: z.string().optional(),
  DistributionPaths: z.array(z.string()).optional(),
  WaitForDistributionInvalidation: z.unknown().optional(),
  OutputObjectKeys: z.unknown().optional(),
});
const autoDeleteSchema = z.strictObject({ ServiceToken: z.string(), BucketName: z.string() });

/** The custom resources of the CDK that the local cloud performs itself, in place of their handlers. */
export const CUSTOM_RESOURCES: ResourceProviders = {
  'Custom::CDKBucketDeployment': {
    properties: Object.keys(deploymentSchema.shape),
    async provision(request) {
      await deploy(request);
      return {
        ref: request.physicalName(),
        attributes: { DestinationBucketArn: `arn:aws:s3:::${request.properties.DestinationBucketName}` },
      };
    },
  },
  'Custom::S3AutoDeleteObjects': {
    properties: Object.keys(autoDeleteSchema.shape),
    async provision(request) {
      parseInput(request.type, autoDeleteSchema, request.properties);
      return { ref: request.physicalName() };
    },
  },
};

/** Logical ids of the functions that handle those custom resources: they are never invoked here. */
export function inertHandlers(template: Template): Set<string> {
  const tokenSchema = z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) });
  const handlers = new Set<string>();
  for (const resource of Object.values(template.Resources)) {
    if (!(resource.Type in CUSTOM_RESOURCES)) continue;
    const token = tokenSchema.safeParse(resource.Properties.ServiceToken);
    if (token.success) handlers.add(token.data['Fn::GetAtt'][0]);
  }
  return handlers;
}

/** Copies the files of the sources to the bucket; nothing to do where the last start copied the same. */
async function deploy(request: ResourceRequest): Promise<void> {
  const { cloud } = request;
  const deployment = parseInput(request.type, deploymentSchema, request.properties);
  const bucket = deployment.DestinationBucketName;
  const prefix = deployment.DestinationBucketKeyPrefix?.replace(/^\/+|\/+$/g, '') ?? '';
  const mark = `bucket-deployment ${request.stack} ${request.logicalId}`;
  const { ServiceToken, ...content } = deployment;
  const hash = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  if (cloud.journal.getMeta(mark) === hash) return;
  const caller = {
    kind: 'service',
    service: 'cloudformation.amazonaws.com',
    sourceArn: ServiceToken,
  } as const;
  const call = (action: string, input: Record<string, unknown>) =>
    cloud.gateway.call({ service: 's3', action, input, caller });

  const wanted = new Map<string, AssetFile>();
  for (const [index, key] of deployment.SourceObjectKeys.entries()) {
    const path = request.assetPath(deployment.SourceBucketNames[index] ?? '', key);
    const markers = deployment.SourceMarkers?.[index] ?? {};
    const jsonEscape = deployment.SourceMarkersConfig?.[index]?.jsonEscape ?? false;
    for (const file of readAssetFiles(path)) {
      if (!isWanted(file.path, deployment.Exclude ?? [], deployment.Include ?? [])) continue;
      wanted.set(
        prefix === '' ? file.path : `${prefix}/${file.path}`,
        withMarkers(file, markers, jsonEscape),
      );
    }
  }
  for (const [key, file] of wanted) {
    await call('PutObject', {
      Bucket: bucket,
      Key: key,
      Body: file.content,
      ContentType: deployment.SystemMetadata?.['content-type'] ?? contentTypeOf(key),
      ...systemMetadata(deployment.SystemMetadata ?? {}),
      ...(deployment.UserMetadata !== undefined && { Metadata: deployment.UserMetadata }),
    });
  }
  if (deployment.Prune ?? true) {
    const excluded = (key: string) => {
      const name = prefix === '' ? key : key.slice(prefix.length + 1);
      return !isWanted(name, deployment.Exclude ?? [], deployment.Include ?? []);
    };
    for (const key of await listKeys(call, bucket, prefix === '' ? '' : `${prefix}/`)) {
      if (!wanted.has(key) && !excluded(key)) await call('DeleteObject', { Bucket: bucket, Key: key });
    }
  }
  cloud.journal.setMeta(mark, hash);
}

/** As `aws s3 sync` filters: the later option wins, and the handler passes exclusions first. */
function isWanted(path: string, exclude: readonly string[], include: readonly string[]): boolean {
  const matches = (pattern: string) =>
    matchesGlob(path, pattern) || matchesGlob(path, pattern.replace(/^\*/, '**/*'));
  return include.some(matches) || !exclude.some(matches);
}

function withMarkers(file: AssetFile, markers: Record<string, unknown>, jsonEscape: boolean): AssetFile {
  const names = Object.keys(markers);
  if (names.length === 0) return file;
  let text = new TextDecoder().decode(file.content);
  for (const name of names) {
    const value = String(markers[name]);
    text = text.replaceAll(name, jsonEscape ? JSON.stringify(value).slice(1, -1) : value);
  }
  return { path: file.path, content: new TextEncoder().encode(text) };
}

const SYSTEM_METADATA: Readonly<Record<string, string>> = {
  'cache-control': 'CacheControl',
  'content-disposition': 'ContentDisposition',
  'content-encoding': 'ContentEncoding',
  'content-language': 'ContentLanguage',
  'storage-class': 'StorageClass',
};

function systemMetadata(given: Readonly<Record<string, string>>): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    const member = SYSTEM_METADATA[name];
    if (member !== undefined) result[member] = value;
  }
  return result;
}

async function listKeys(
  call: (action: string, input: Record<string, unknown>) => Promise<Record<string, unknown>>,
  bucket: string,
  prefix: string,
): Promise<string[]> {
  const pageSchema = z.object({
    Contents: z.array(z.object({ Key: z.string() })).default([]),
    NextContinuationToken: z.string().optional(),
  });
  const keys: string[] = [];
  let token: string | undefined;
  do {
    const page = pageSchema.parse(
      await call('ListObjectsV2', {
        Bucket: bucket,
        ...(prefix !== '' && { Prefix: prefix }),
        ...(token !== undefined && { ContinuationToken: token }),
      }),
    );
    keys.push(...page.Contents.map((each) => each.Key));
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return keys;
}
