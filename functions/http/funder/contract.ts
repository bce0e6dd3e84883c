import * as z from 'zod';
import { bilingual } from '../../programme/model.ts';
import { registrationStatus } from '../../registration/model.ts';
import { defineContract } from '../../shared/http/contract.ts';

/** What a funder sees of a school that it covers: no contacts, no submission. */
const coveredSchool = z.object({
  registrationId: z.string(),
  reference: z.string(),
  schoolName: z.string(),
  town: z.string(),
  urn: z.string().nullable(),
  localAuthority: z.string(),
  pupilsOnRoll: z.number().int(),
  status: registrationStatus,
  coveredAt: z.iso.datetime().nullable(),
});

/** A funder's places and the schools that take them. */
export const funderContract = defineContract({
  getPlaces: {
    method: 'GET',
    path: '/api/funder/places',
    roles: ['funder'],
    summary:
      'For each funder that the person speaks for and each round: places agreed and used, the schools covered, and those that wait for a place.',
    response: z.object({
      funders: z.array(
        z.object({
          funderId: z.string(),
          name: z.string(),
          rounds: z.array(
            z.object({
              roundId: z.string(),
              roundLabel: bilingual,
              places: z.number().int(),
              used: z.number().int(),
              covered: z.array(coveredSchool),
              waiting: z.array(coveredSchool),
            }),
          ),
        }),
      ),
    }),
  },
});
export type FunderContract = typeof funderContract;
