import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ALPHABET,
  checkCharacter,
  findPaymentReferences,
  findRegistrationReferences,
  hasValidCheck,
  newPaymentReference,
  newRegistrationReference,
  randomWord,
} from '../../../functions/shared/references/references.ts';

/** A source of draws that fast-check can shrink and repeat. */
const draws = fc
  .infiniteStream(fc.nat({ max: 31 }))
  .map((stream) => (below: number) => stream.next().value % below);
const word = fc
  .tuple(draws, fc.integer({ min: 2, max: 31 }))
  .map(([draw, length]) => randomWord(length, draw));
const reference = draws.map((draw) => newPaymentReference(draw));

describe('the check character', () => {
  it('finds every substitution of a single character', () => {
    fc.assert(
      fc.property(word, (good) => {
        expect(hasValidCheck(good)).toBe(true);
        for (const [at, was] of [...good].entries()) {
          for (const other of ALPHABET) {
            if (other !== was)
              expect(hasValidCheck(good.slice(0, at) + other + good.slice(at + 1))).toBe(false);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  it('finds every transposition of two neighbours that differ', () => {
    fc.assert(
      fc.property(word, (good) => {
        for (let at = 0; at + 1 < good.length; at++) {
          const [first, second] = [good.charAt(at), good.charAt(at + 1)];
          if (first === second) continue;
          expect(hasValidCheck(good.slice(0, at) + second + first + good.slice(at + 2))).toBe(false);
        }
      }),
    );
  });

  it('refuses characters outside its alphabet', () => {
    expect(() => checkCharacter('AB0')).toThrow(RangeError);
    expect(hasValidCheck('O0')).toBe(false);
  });
});

describe('references', () => {
  it('have the forms that people are told, without characters that are confused', () => {
    fc.assert(
      fc.property(draws, (draw) => {
        expect(newRegistrationReference(draw)).toMatch(/^PSQM-[2-9A-HJ-NP-Z]{6}$/);
        expect(newPaymentReference(draw)).toMatch(/^PSQM[2-9A-HJ-NP-Z]{7}$/);
      }),
    );
  });

  it('are found in what a payer typed: any case, spaces and punctuation between', () => {
    const noise = fc.constantFrom('', ' ', '-', '.', '/', ' - ');
    fc.assert(
      fc.property(
        reference,
        fc.array(noise, { minLength: 11, maxLength: 11 }),
        fc.boolean(),
        (wanted, gaps, lower) => {
          const typed = [...wanted].map((character, at) => character + (gaps[at] ?? '')).join('');
          const text = `INVOICE ${lower ? typed.toLowerCase() : typed}/ COUNCIL 4711`;
          expect(findPaymentReferences([text])).toContain(wanted);
        },
      ),
    );
  });

  it('are found each once, over several texts', () => {
    const one = newPaymentReference();
    const two = newPaymentReference();
    expect(findPaymentReferences([`${one} ${two}`, one.toLowerCase()])).toEqual([one, two]);
  });

  it('are not found where a character was mistyped', () => {
    fc.assert(
      fc.property(reference, fc.integer({ min: 4, max: 10 }), fc.nat({ max: 31 }), (good, at, other) => {
        const wrong = good.slice(0, at) + ALPHABET.charAt(other) + good.slice(at + 1);
        if (wrong !== good) expect(findPaymentReferences([`${wrong} ++`])).not.toContain(wrong);
      }),
    );
  });

  it('of a registration are found with and without the hyphen', () => {
    const quoted = newRegistrationReference();
    expect(findRegistrationReferences([`ref ${quoted}`])).toContain(quoted);
    expect(findRegistrationReferences([quoted.replace('-', ' ').toLowerCase()])).toContain(quoted);
  });
});
