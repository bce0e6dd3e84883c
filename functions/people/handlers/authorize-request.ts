import { timingSafeEqual } from 'node:crypto';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import middy from '@middy/core';
import type { APIGatewayRequestAuthorizerEventV2 } from 'aws-lambda';
import * as z from 'zod';
import { requireEnv } from '../../shared/runtime/env.ts';
import { logger } from '../../shared/runtime/logger.ts';
import { identityOf } from '../sign-in/sessions.ts';

const secrets = new SecretsManagerClient({});
const KEPT_MILLISECONDS = 3 * 60_000;

let kept: { readonly until: number; readonly values: readonly string[] } | undefined;

/**
 * The header values that are valid now: the current secret and, while it is rotated, the one before, since CloudFront
 * learns of a new value minutes after us. Kept for three minutes.
 */
async function originSecrets(now: Date): Promise<readonly string[]> {
  if (kept !== undefined && now.getTime() < kept.until) return kept.values;
  const SecretId = requireEnv('ORIGIN_SECRET_ARN');
  const values: string[] = [];
  for (const VersionStage of ['AWSCURRENT', 'AWSPREVIOUS']) {
    try {
      const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId, VersionStage }));
      if (SecretString !== undefined) values.push(SecretString);
    } catch (error) {
      // Before the first rotation there is no previous value.
      if (
        VersionStage === 'AWSCURRENT' ||
        !(error instanceof Error) ||
        error.name !== 'ResourceNotFoundException'
      )
        throw error;
    }
  }
  kept = { until: now.getTime() + KEPT_MILLISECONDS, values };
  return values;
}

function isOneOf(values: readonly string[], given: string): boolean {
  const bytes = Buffer.from(given);
  return values.some(
    (value) => Buffer.byteLength(value) === bytes.length && timingSafeEqual(Buffer.from(value), bytes),
  );
}

const request = z.object({
  headers: z.record(z.string(), z.string().optional()).default({}),
  cookies: z.array(z.string()).default([]),
});

/** Simple response of an HTTP API authorizer, payload 2.0. `identity` is JSON, or empty for nobody. */
export interface Authorization {
  readonly isAuthorized: boolean;
  readonly context: { readonly identity: string };
}

/**
 * Authorizer of every route of the API. Requests that did not come through CloudFront (its secret header is missing)
 * are refused; everybody else passes with the identity of their session, or none: which role a route asks for is the
 * audience's to say.
 */
export const handler = middy<APIGatewayRequestAuthorizerEventV2, Authorization>().handler(async (event) => {
  const now = new Date();
  const { headers, cookies } = request.parse(event);
  if (!isOneOf(await originSecrets(now), headers['x-origin-verify'] ?? '')) {
    logger.warn('a request that did not come through the site');
    return { isAuthorized: false, context: { identity: '' } };
  }
  const identity = await identityOf(cookies.length > 0 ? cookies : [headers.cookie ?? ''], now);
  return {
    isAuthorized: true,
    context: { identity: identity === undefined ? '' : JSON.stringify(identity) },
  };
});
