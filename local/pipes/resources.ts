import * as z from 'zod';
import { parseInput } from '../core/input.ts';
import type { ResourceProviders } from '../core/resources.ts';
import { definitionSchema } from './model.ts';
import type { PipesService } from './service.ts';

const pipe = definitionSchema.extend({ Name: z.string().optional() });

/** AWS::Pipes::Pipe. */
export function pipesResources(service: PipesService): ResourceProviders {
  return {
    'AWS::Pipes::Pipe': {
      properties: Object.keys(pipe.shape),
      async provision(request) {
        const given = parseInput(request.type, pipe, request.properties);
        const Name = given.Name ?? request.physicalName(64);
        return { ref: Name, attributes: { Arn: service.provisionPipe({ ...given, Name }) } };
      },
    },
  };
}
