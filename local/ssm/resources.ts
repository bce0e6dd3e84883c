import * as z from 'zod';
import { parseInput } from '../core/input.ts';
import type { ResourceProviders } from '../core/resources.ts';
import type { SsmService } from './service.ts';

const parameterProperties = z.strictObject({
  Name: z.string().optional(),
  Type: z.enum(['String', 'StringList']),
  Value: z.string(),
  AllowedPattern: z.unknown().optional(),
  DataType: z.enum(['text']).optional(),
  Description: z.unknown().optional(),
  Policies: z.unknown().optional(),
  Tags: z.unknown().optional(),
  Tier: z.unknown().optional(),
});

/** AWS::SSM::Parameter. */
export function ssmResources(service: SsmService): ResourceProviders {
  return {
    'AWS::SSM::Parameter': {
      properties: Object.keys(parameterProperties.shape),
      async provision(request) {
        const given = parseInput('AWS::SSM::Parameter', parameterProperties, request.properties);
        const name = given.Name ?? request.physicalName(500);
        const arn = service.configureParameter(name, given.Type, given.Value);
        return { ref: name, attributes: { Arn: arn, Type: given.Type, Value: given.Value } };
      },
    },
  };
}
