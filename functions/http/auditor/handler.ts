import { readImplementation } from '../../operations/reads/index.ts';
import { operationsTexts } from '../../operations/texts.ts';
import { peopleTexts } from '../../people/texts.ts';
import { audienceHandler } from '../../shared/http/audience-handler.ts';
import { auditorContract } from './contract.ts';

/** Auditors read what administrators read, and change nothing. */
export const handler = audienceHandler(auditorContract, readImplementation, [operationsTexts, peopleTexts]);
