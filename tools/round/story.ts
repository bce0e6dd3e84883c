import type { Applicant } from './applicants.ts';
import type { Draw } from './draw.ts';

export type Level = 'PSQM' | 'GILT' | 'OUTREACH';
export type Payment =
  | 'PROMPT'
  | 'LATE'
  | 'TWICE'
  | 'SHORT'
  | 'NEVER'
  | 'FUNDED'
  | 'RETYPED'
  | 'NO_REFERENCE'
  | 'TRUST_NAME';
export type Upload =
  | 'GOOD'
  | 'INFECTED_FIRST'
  | 'WRONG_TYPE_FIRST'
  | 'TOO_LATE'
  | 'RETURNED_ONCE'
  | 'LARGE'
  | 'EXTENDED';
export type Quality = 'ALL_MET' | 'LOWER' | 'WORKING_TOWARDS' | 'NOT_AWARDED' | 'FURTHER_EVIDENCE';

/** Everything that one school will do in the year, drawn before it begins. Days count from the event that they follow. */
export interface SchoolStory {
  readonly level: Level;
  readonly language: 'en' | 'cy';
  readonly small: boolean;
  readonly reaccreditation: boolean;
  readonly registersOnDay: number;
  readonly payment: Payment;
  readonly paysAfterDays: number;
  readonly withdraws: boolean;
  readonly changesContact: boolean;
  readonly actionPlanDaysBefore: number;
  readonly upload: Upload;
  readonly uploadsOnDay: number;
  readonly quality: Quality;
  /** The second reader, where there is one, judges otherwise. */
  readonly disputed: boolean;
  /** The panel awards it although the readers did not recommend that. */
  readonly overruled: boolean;
}

/**
 * Special cases are dealt to the first schools in turn, so that even a small round has each of them; the others draw.
 * From 60 schools on all occur, and more than half are awarded.
 */
export function schoolStory(applicant: Applicant, index: number, count: number, draw: Draw): SchoolStory {
  const { urn } = applicant.school;
  const ask = (question: string): [string, string] => ['school', `${urn}:${question}`];
  const dealt = dealtCase(index, count);
  const level =
    dealt.level ??
    draw.weighted<Level>(
      [
        ['PSQM', 70],
        ['GILT', 20],
        ['OUTREACH', 10],
      ],
      ...ask('level'),
    );
  const payment =
    dealt.payment ??
    draw.weighted<Payment>(
      [
        ['PROMPT', 55],
        ['LATE', 16],
        ['RETYPED', 8],
        ['NO_REFERENCE', 6],
        ['TRUST_NAME', 3],
        ['TWICE', 3],
        ['SHORT', 3],
        ['NEVER', 2],
        ['FUNDED', 4],
      ],
      ...ask('payment'),
    );
  const quality =
    dealt.quality ??
    draw.weighted<Quality>(
      [
        ['ALL_MET', 85],
        ['LOWER', 7],
        ['WORKING_TOWARDS', 4],
        ['NOT_AWARDED', 2],
        ['FURTHER_EVIDENCE', 2],
      ],
      ...ask('quality'),
    );
  return {
    level,
    language: draw.chance(0.06, ...ask('language')) ? 'cy' : 'en',
    small: draw.chance(0.15, ...ask('small')),
    reaccreditation: draw.chance(0.2, ...ask('reaccreditation')),
    registersOnDay: draw.whole(1, 40, ...ask('registers')),
    payment,
    paysAfterDays:
      payment === 'LATE' ? draw.whole(35, 60, ...ask('pays')) : draw.whole(3, 25, ...ask('pays')),
    withdraws: dealt.withdraws ?? draw.chance(0.02, ...ask('withdraws')),
    changesContact: dealt.changesContact ?? draw.chance(0.05, ...ask('contact')),
    actionPlanDaysBefore: draw.chance(0.1, ...ask('plan-late'))
      ? -draw.whole(2, 10, ...ask('plan'))
      : draw.whole(1, 20, ...ask('plan')),
    upload:
      dealt.upload ??
      draw.weighted<Upload>(
        [
          ['GOOD', 84],
          ['INFECTED_FIRST', 2],
          ['WRONG_TYPE_FIRST', 4],
          ['TOO_LATE', 2],
          ['RETURNED_ONCE', 7],
          ['EXTENDED', 1],
        ],
        ...ask('upload'),
      ),
    uploadsOnDay: draw.whole(2, 45, ...ask('uploads')),
    // A level below PSQM does not exist, so a PSQM school cannot be awarded lower.
    quality: quality === 'LOWER' && level === 'PSQM' ? 'ALL_MET' : quality,
    disputed: dealt.disputed ?? (level === 'OUTREACH' && draw.chance(0.3, ...ask('disputed'))),
    overruled: dealt.overruled ?? false,
  };
}

interface Dealt {
  readonly level?: Level;
  readonly payment?: Payment;
  readonly quality?: Quality;
  readonly upload?: Upload;
  readonly withdraws?: boolean;
  readonly changesContact?: boolean;
  readonly disputed?: boolean;
  readonly overruled?: boolean;
}

function dealtCase(index: number, count: number): Dealt {
  const plain: Dealt = {
    payment: 'PROMPT',
    upload: 'GOOD',
    quality: 'ALL_MET',
    withdraws: false,
    changesContact: false,
  };
  const cases: readonly Dealt[] = [
    { ...plain, level: 'OUTREACH', disputed: true },
    { ...plain, payment: 'LATE' },
    { ...plain, level: 'GILT', disputed: false },
    { ...plain, payment: 'NO_REFERENCE' },
    { ...plain, payment: 'SHORT' },
    // From here on dealt only where the round is large enough to keep a majority of awards.
    { ...plain, payment: 'NEVER' },
    { ...plain, payment: 'FUNDED' },
    { ...plain, payment: 'TWICE' },
    { ...plain, upload: 'INFECTED_FIRST' },
    { ...plain, upload: 'WRONG_TYPE_FIRST' },
    { ...plain, upload: 'TOO_LATE' },
    { ...plain, upload: 'RETURNED_ONCE' },
    { ...plain, upload: 'LARGE' },
    { ...plain, upload: 'EXTENDED' },
    { ...plain, withdraws: true },
    { ...plain, changesContact: true },
    { ...plain, level: 'GILT', quality: 'LOWER' },
    { ...plain, quality: 'WORKING_TOWARDS' },
    { ...plain, payment: 'RETYPED' },
    { ...plain, level: 'OUTREACH', quality: 'LOWER', disputed: false },
    { ...plain, level: 'GILT', upload: 'EXTENDED' },
    { ...plain, level: 'PSQM', quality: 'WORKING_TOWARDS', disputed: false, overruled: true },
  ];
  const dealt = index < (count < 30 ? 5 : cases.length) ? cases[index] : undefined;
  return dealt ?? {};
}

/** How one assessor behaves. */
export type AssessorStory = 'DILIGENT' | 'DECLINES_ONE' | 'SILENT' | 'FINDS_CONFLICT' | 'WITHDRAWS_ONE';

export function assessorStory(email: string, draw: Draw): AssessorStory {
  return draw.weighted<AssessorStory>(
    [
      ['DILIGENT', 80],
      ['DECLINES_ONE', 8],
      ['SILENT', 4],
      ['FINDS_CONFLICT', 4],
      ['WITHDRAWS_ONE', 4],
    ],
    'assessor',
    email,
  );
}
