import * as z from 'zod';
import { parseInput } from '../core/input.ts';
import type { ResourceProviders } from '../core/resources.ts';
import type { SesService } from './service.ts';

// Nothing leaves the machine, so that signatures, feedback and sending options have no effect here.
const identityProperties = z.strictObject({
  EmailIdentity: z.string().min(1),
  ConfigurationSetAttributes: z.unknown().optional(),
  DkimAttributes: z.unknown().optional(),
  DkimSigningAttributes: z.unknown().optional(),
  FeedbackAttributes: z.unknown().optional(),
  MailFromAttributes: z.unknown().optional(),
  Tags: z.unknown().optional(),
});

const configurationSetProperties = z.strictObject({
  Name: z.string().optional(),
  ArchivingOptions: z.unknown().optional(),
  DeliveryOptions: z.unknown().optional(),
  ReputationOptions: z.unknown().optional(),
  SendingOptions: z.unknown().optional(),
  SuppressionOptions: z.unknown().optional(),
  TrackingOptions: z.unknown().optional(),
  VdmOptions: z.unknown().optional(),
  Tags: z.unknown().optional(),
});

/** AWS::SES::EmailIdentity, verified at once, and AWS::SES::ConfigurationSet. */
export function sesResources(service: SesService): ResourceProviders {
  return {
    'AWS::SES::EmailIdentity': {
      properties: Object.keys(identityProperties.shape),
      async provision(request) {
        const given = parseInput('AWS::SES::EmailIdentity', identityProperties, request.properties);
        service.saveIdentity(given.EmailIdentity);
        const attributes: Record<string, string> = {};
        for (const number of [1, 2, 3]) {
          const token = `local${number}`;
          attributes[`DkimDNSTokenName${number}`] = `${token}._domainkey.${given.EmailIdentity}`;
          attributes[`DkimDNSTokenValue${number}`] = `${token}.dkim.amazonses.com`;
        }
        return { ref: given.EmailIdentity, attributes };
      },
    },
    'AWS::SES::ConfigurationSet': {
      properties: Object.keys(configurationSetProperties.shape),
      async provision(request) {
        const given = parseInput(
          'AWS::SES::ConfigurationSet',
          configurationSetProperties,
          request.properties,
        );
        const name = given.Name ?? request.physicalName(64);
        service.saveConfigurationSet(name, request.properties);
        return { ref: name };
      },
    },
  };
}
