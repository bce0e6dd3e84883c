import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { levels } from '../../../functions/programme/model.ts';
import { RefusedError } from '../../../functions/shared/runtime/errors.ts';
import {
  checkAnnounced,
  contentDigest,
  criteriaOf,
  lineState,
  missingOf,
  safeName,
} from '../../../functions/submissions/checklist.ts';
import type { Document } from '../../../functions/submissions/model.ts';
import { countWords } from '../../../functions/submissions/words.ts';
import {
  completeContents,
  sampleDocument,
  sampleReflection,
  sampleRound,
} from '../../support/school-year.ts';

const round = sampleRound();
const now = new Date('2027-04-01T10:00:00Z');
const type = round.checklist.documents[0]!;

describe('words', () => {
  it('are counted as people count them, in Welsh too', () => {
    expect(countWords('')).toBe(0);
    expect(countWords('  one  two\nthree ')).toBe(3);
    expect(countWords("Mae'r plant yn ymholi'n annibynnol")).toBe(5);
    expect(countWords('pupil-led enquiry (Year 5/6), 80% – yes')).toBe(7);
    expect(countWords('ŵy ŷd')).toBe(2);
  });
});

describe('the checklist', () => {
  it('is complete with what a level asks for, and names each thing that is taken away', () => {
    for (const level of levels) {
      const { documents, reflections } = completeContents(round, level);
      expect(missingOf(round, level, documents, reflections, now)).toEqual([]);
      for (const document of documents) {
        expect(
          missingOf(
            round,
            level,
            documents.filter((other) => other !== document),
            reflections,
            now,
          ),
        ).toEqual([{ code: 'document-missing', id: document.documentType }]);
      }
      for (const reflection of reflections) {
        expect(
          missingOf(
            round,
            level,
            documents,
            reflections.filter((other) => other !== reflection),
            now,
          ),
        ).toEqual([{ code: 'reflection-missing', id: reflection.criterionId }]);
      }
    }
  });

  it('keeps a text over the word limit, but says that it is too long', () => {
    const { documents, reflections } = completeContents(round, 'PSQM');
    const [first, ...rest] = reflections;
    const long = { ...first!, words: round.checklist.reflectionMaximumWords + 1 };
    expect(missingOf(round, 'PSQM', documents, [long, ...rest], now)).toEqual([
      { code: 'reflection-too-long', id: long.criterionId },
    ]);
  });

  it('waits for a file under check, and no longer for one whose form ran out unused', () => {
    const uploading = sampleDocument({ status: 'UPLOADING', expiresAt: '2027-04-01T10:05:00.000Z' });
    expect(lineState(type, 'PSQM', [uploading], now)).toBe('CHECKING');
    expect(lineState(type, 'PSQM', [uploading], new Date('2027-04-01T10:05:01Z'))).toBe('MISSING');
    expect(lineState(type, 'PSQM', [sampleDocument({ status: 'REFUSED' })], now)).toBe('REFUSED');
    expect(lineState(type, 'PSQM', [sampleDocument({ status: 'DELETED' })], now)).toBe('MISSING');
    expect(lineState(type, 'PSQM', [sampleDocument()], now)).toBe('COMPLETE');
  });

  it("gives Outreach its own criteria beside all of Gilt's", () => {
    const of = (level: 'GILT' | 'OUTREACH') => criteriaOf(round, level).map(({ id }) => id);
    expect(of('OUTREACH')).toEqual(expect.arrayContaining(of('GILT')));
    expect(of('OUTREACH').length).toBeGreaterThan(of('GILT').length);
  });
});

describe('an announced file', () => {
  const refused = (
    file: Partial<Parameters<typeof checkAnnounced>[2]>,
    documents: Document[] = [],
  ): string | undefined => {
    try {
      checkAnnounced(
        round,
        documents,
        { documentType: type.id, name: 'plan.pdf', mediaType: 'application/pdf', bytes: 1000, ...file },
        now,
      );
      return undefined;
    } catch (error) {
      return error instanceof RefusedError ? error.code : String(error);
    }
  };
  const files = (count: number, change: Partial<Document> = {}) =>
    Array.from({ length: count }, (_, index) =>
      sampleDocument({ documentId: `D${index}`, documentType: type.id, ...change }),
    );

  it('is refused by type, size, number and total before anything is sent', () => {
    expect(refused({})).toBeUndefined();
    expect(refused({ documentType: 'diary' })).toBe('document-type-unknown');
    expect(refused({ mediaType: 'application/x-msdownload' })).toBe('document-wrong-type');
    expect(refused({ bytes: type.maximumBytes })).toBeUndefined();
    expect(refused({ bytes: type.maximumBytes + 1 })).toBe('document-too-big');
    expect(refused({}, files(type.maximumFiles))).toBe('document-too-many-files');
    expect(refused({ replaces: 'D0' }, files(type.maximumFiles))).toBeUndefined();
    expect(refused({}, files(type.maximumFiles, { status: 'DELETED' }))).toBeUndefined();
    const big = [
      sampleDocument({
        documentId: 'B',
        documentType: 'portfolio',
        bytes: round.checklist.maximumSubmissionBytes,
      }),
    ];
    expect(refused({}, big)).toBe('document-submission-too-big');
  });
});

describe('names of keys', () => {
  it('are safe whatever the file is called, and keep its ending', () => {
    expect(safeName('Cynllun ŷ flwyddyn (1).PDF')).toBe('Cynllun-y-flwyddyn-1-.PDF');
    expect(safeName('../../etc/passwd')).toBe('etc-passwd');
    expect(safeName('计划.docx')).toBe('docx');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (name) => {
        expect(safeName(name)).toMatch(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,79}$/);
      }),
    );
  });
});

describe('the digest of the contents', () => {
  const { documents, reflections } = completeContents(round, 'GILT');
  const digest = (
    change: { documents?: Document[]; reflections?: typeof reflections; level?: 'GILT' | 'PSQM' } = {},
  ) =>
    contentDigest(
      round,
      change.level ?? 'GILT',
      change.documents ?? documents,
      change.reflections ?? reflections,
    );

  it('does not depend on the order in which records are read', () => {
    expect(digest({ documents: [...documents].reverse(), reflections: [...reflections].reverse() })).toBe(
      digest(),
    );
  });

  it('changes with every file, text and the level, not with files that do not count', () => {
    expect(digest({ documents: documents.slice(1) })).not.toBe(digest());
    expect(
      digest({
        documents: documents.map((file, index) => (index === 0 ? { ...file, sha256: 'b'.repeat(64) } : file)),
      }),
    ).not.toBe(digest());
    expect(
      digest({
        reflections: [sampleReflection(reflections[0]!.criterionId, 'Other.'), ...reflections.slice(1)],
      }),
    ).not.toBe(digest());
    expect(digest({ level: 'PSQM' })).not.toBe(digest());
    expect(
      digest({ documents: [...documents, sampleDocument({ documentId: 'X', status: 'REFUSED' })] }),
    ).toBe(digest());
  });
});
