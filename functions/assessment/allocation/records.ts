import * as z from 'zod';
import { type Key, roundPk } from '../../shared/table/keys.ts';
import { explanation, solvedStage, unplaced } from '../model.ts';
import { recordedShortage } from './shortage-report.ts';

/**
 * Who holds a submission of the round: `ROUND#<id>/PLACE#<registrationId>`. Written in the transaction of every change
 * of an assignment, so that one consistent query of the round tells what is placed; a submission can have one holder.
 */
export const place = z.object({
  registrationId: z.string(),
  assignmentId: z.string().optional(),
  assessorId: z.string().optional(),
  /** Assignments of this submission so far; the next one is numbered after it. */
  offers: z.number().int().default(0),
  /** Set while nobody can be given it; the item then stands in the queue UNPLACED. */
  unplaced: unplaced.optional(),
});
export type Place = z.output<typeof place>;

/** A pair that must not come again: `ROUND#<id>/BARRED#<registrationId>#<assessorId>`. */
export const barred = z.object({ registrationId: z.string(), assessorId: z.string(), why: z.string() });

/** One pair as solved, with the assignment that it becomes. */
export const solvedPair = z.object({
  registrationId: z.string(),
  assignmentId: z.string(),
  assessorId: z.string(),
  explanation,
});
export type SolvedPair = z.output<typeof solvedPair>;

/** One solve: `ROUND#<id>/ALLOCATION#<attempt>#<pass>`. Its pairs and what stays unplaced lie in pages beside it. */
export const allocation = z.object({
  roundId: z.string(),
  attempt: z.number().int().positive(),
  pass: z.number().int().positive(),
  at: z.iso.datetime(),
  seconds: z.number().nonnegative(),
  /** SOLVED: pages are being offered; OFFERED: all exist; COMPLETED: every assessor was written to. */
  status: z.enum(['SOLVED', 'OFFERED', 'COMPLETED']),
  assessors: z.number().int(),
  submissions: z.number().int(),
  stages: z.array(solvedStage),
  placed: z.number().int(),
  unplaced: z.number().int(),
  /** Who competes for whom where not all could be placed, and one change that would place more. */
  shortage: recordedShortage.nullable().default(null),
  pages: z.number().int().nonnegative(),
  /** Pages whose assignments exist. */
  pagesDone: z.number().int().nonnegative(),
});
export type Allocation = z.output<typeof allocation>;

/** Part of a solve, small enough for an item: `ALLOCATION#<attempt>#<pass>#PAGE#<nn>`. */
export const allocationPage = z.object({
  pairs: z.array(solvedPair),
  unplaced: z.array(unplaced),
});
export type AllocationPage = z.output<typeof allocationPage>;

/** Pairs or unplaced submissions of one page: at most some 20 KB. */
export const PAGE_SIZE = 40;

/** Ids that the shortages of one solve may list: some 60 KB of the 400 that an item holds. */
export const SHORTAGE_IDS = 2000;

const padded = (value: number, width: number): string => String(value).padStart(width, '0');
export const placePrefix = 'PLACE#';
export const barredPrefix = 'BARRED#';
export const placeKey = (roundId: string, registrationId: string): Key => ({
  pk: roundPk(roundId),
  sk: `${placePrefix}${registrationId}`,
});
export const barredKey = (roundId: string, registrationId: string, assessorId: string): Key => ({
  pk: roundPk(roundId),
  sk: `${barredPrefix}${registrationId}#${assessorId}`,
});
export const allocationKey = (roundId: string, attempt: number, pass: number): Key => ({
  pk: roundPk(roundId),
  sk: `ALLOCATION#${padded(attempt, 4)}#${padded(pass, 3)}`,
});
export const allocationPageKey = (roundId: string, attempt: number, pass: number, page: number): Key => ({
  pk: roundPk(roundId),
  sk: `ALLOCATION-PAGE#${padded(attempt, 4)}#${padded(pass, 3)}#${padded(page, 4)}`,
});
