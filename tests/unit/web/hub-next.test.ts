import { expect, it } from 'vitest';
import pages from '../../../programme/texts/pages-hub/en.json' with { type: 'json' };
import training from '../../../programme/texts/training/en.json' with { type: 'json' };

it('has words of its own for hub leaders for whatever a school can have to do next', () => {
  expect(Object.keys(pages.next).sort()).toEqual(Object.keys(training.next).sort());
});
