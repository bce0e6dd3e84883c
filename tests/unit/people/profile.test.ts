import { describe, expect, it } from 'vitest';
import { profileOf } from '../../../functions/people/add-person.ts';
import { mainTask } from '../../../functions/people/role-tasks.ts';
import { roles } from '../../../functions/shared/access/identity.ts';

describe('the profile of an assessor', () => {
  it('allows every level and their language where nothing is given', () => {
    expect(profileOf({ assessor: null, language: 'en' }, undefined)).toMatchObject({
      levels: ['PSQM', 'GILT', 'OUTREACH'],
      languages: ['en'],
      capacity: null,
      isNew: false,
    });
    expect(profileOf({ assessor: null, language: 'cy' }, undefined).languages).toEqual(['en', 'cy']);
  });

  it('keeps declared conflicts and whatever is not given anew', () => {
    const known = profileOf({ assessor: null, language: 'en' }, { employer: 'Example Trust', capacity: 4 });
    const declared = {
      ...known,
      conflicts: [{ schoolId: 'URN-100000', reason: 'worked there' }],
      conflictsDeclaredFor: ['R30-AUTUMN'],
    };
    expect(profileOf({ assessor: declared, language: 'en' }, { levels: ['GILT'] })).toEqual({
      ...declared,
      levels: ['GILT'],
    });
  });
});

describe('every role', () => {
  it('has one main task, on a page of the site', () => {
    for (const role of roles) expect(mainTask(role)).toMatch(/^\/[a-z]+\/$/);
  });
});
