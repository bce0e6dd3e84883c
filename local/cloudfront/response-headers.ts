import * as z from 'zod';
import { booleanProperty } from '../core/input.ts';
import type { HeaderRule, ResponseHeadersPolicy } from './model.ts';
import { headerRule } from './policies.ts';

const override = booleanProperty;

/** AWS::CloudFront::ResponseHeadersPolicy; CORS by policy and Server-Timing are not supported. */
export const responseHeadersPolicyProperties = z.strictObject({
  ResponseHeadersPolicyConfig: z.strictObject({
    Name: z.unknown().optional(),
    Comment: z.unknown().optional(),
    CustomHeadersConfig: z
      .strictObject({
        Items: z.array(z.strictObject({ Header: z.string(), Value: z.string(), Override: override })),
      })
      .optional(),
    RemoveHeadersConfig: z
      .strictObject({ Items: z.array(z.strictObject({ Header: z.string() })) })
      .optional(),
    SecurityHeadersConfig: z
      .strictObject({
        ContentSecurityPolicy: z
          .strictObject({ ContentSecurityPolicy: z.string(), Override: override })
          .optional(),
        ContentTypeOptions: z.strictObject({ Override: override }).optional(),
        FrameOptions: z
          .strictObject({ FrameOption: z.enum(['DENY', 'SAMEORIGIN']), Override: override })
          .optional(),
        ReferrerPolicy: z.strictObject({ ReferrerPolicy: z.string(), Override: override }).optional(),
        StrictTransportSecurity: z
          .strictObject({
            AccessControlMaxAgeSec: z.coerce.number(),
            IncludeSubdomains: booleanProperty.default(false),
            Preload: booleanProperty.default(false),
            Override: override,
          })
          .optional(),
        XSSProtection: z
          .strictObject({
            Protection: booleanProperty,
            ModeBlock: booleanProperty.default(false),
            ReportUri: z.string().optional(),
            Override: override,
          })
          .optional(),
      })
      .optional(),
  }),
});
type Config = z.infer<typeof responseHeadersPolicyProperties>['ResponseHeadersPolicyConfig'];

/** What a policy of a template sets and removes. */
export function headersOf(config: Config): ResponseHeadersPolicy {
  const set: HeaderRule[] = [];
  const security = config.SecurityHeadersConfig;
  const csp = security?.ContentSecurityPolicy;
  if (csp !== undefined) {
    set.push(headerRule('content-security-policy', csp.ContentSecurityPolicy, csp.Override));
  }
  const typeOptions = security?.ContentTypeOptions;
  if (typeOptions !== undefined)
    set.push(headerRule('x-content-type-options', 'nosniff', typeOptions.Override));
  const frame = security?.FrameOptions;
  if (frame !== undefined) set.push(headerRule('x-frame-options', frame.FrameOption, frame.Override));
  const referrer = security?.ReferrerPolicy;
  if (referrer !== undefined) {
    set.push(headerRule('referrer-policy', referrer.ReferrerPolicy, referrer.Override));
  }
  const transport = security?.StrictTransportSecurity;
  if (transport !== undefined) {
    const value = [
      `max-age=${transport.AccessControlMaxAgeSec}`,
      ...(transport.IncludeSubdomains ? ['includeSubDomains'] : []),
      ...(transport.Preload ? ['preload'] : []),
    ].join('; ');
    set.push(headerRule('strict-transport-security', value, transport.Override));
  }
  const xss = security?.XSSProtection;
  if (xss !== undefined) {
    const mode = xss.ModeBlock
      ? '; mode=block'
      : xss.ReportUri === undefined
        ? ''
        : `; report=${xss.ReportUri}`;
    set.push(headerRule('x-xss-protection', xss.Protection ? `1${mode}` : '0', xss.Override));
  }
  for (const { Header, Value, Override } of config.CustomHeadersConfig?.Items ?? []) {
    set.push(headerRule(Header, Value, Override));
  }
  return {
    set,
    remove: (config.RemoveHeadersConfig?.Items ?? []).map(({ Header }) => Header.toLowerCase()),
  };
}
