import { ulid } from 'ulid';
import type { RegisterSchool } from '../programme/model.ts';
import type { RegistrationForm } from './form.ts';
import type { Registration } from './model.ts';
import { normalisePostcode } from './rules.ts';

type Contact = Registration['contacts'][number];

/** The school as the form and the register have it at this moment (domain.md 4.2: published figures rest on it). */
export function snapshotOf(
  form: RegistrationForm,
  registerSchool: RegisterSchool | undefined,
): Registration['school'] {
  const byHand = form.school.kind === 'BY_HAND' ? form.school : undefined;
  return {
    urn: form.school.kind === 'REGISTER' ? form.school.urn : null,
    name: byHand?.name ?? registerSchool?.name ?? '',
    addressLines: form.address.lines.filter((line) => line !== ''),
    town: form.address.town,
    postcode: normalisePostcode(form.address.postcode),
    country:
      byHand?.country ??
      (form.school.kind === 'REGISTER' && form.school.urn.startsWith('4') ? 'Wales' : 'England'),
    phase: form.phase,
    ageFrom: form.ageFrom,
    ageTo: form.ageTo,
    pupilsOnRoll: form.pupilsOnRoll,
    teachers: form.teachers,
    fsmPercent: form.fsmPercent,
    localAuthority: form.localAuthority,
    trust: form.trust === '' ? null : form.trust,
  };
}

/** The people of the form with their parts; `personIds` by lower-case address, finance contacts have none. */
export function contactsOf(
  form: RegistrationForm,
  personIds: ReadonlyMap<string, string>,
  now: Date,
): Contact[] {
  const contact = (role: Contact['role'], person: { name: string; email: string }): Contact => ({
    contactId: ulid(now.getTime()),
    role,
    name: person.name,
    email: person.email.toLowerCase(),
    personId: role === 'finance' ? null : (personIds.get(person.email.toLowerCase()) ?? null),
    from: now.toISOString(),
    until: null,
  });
  return [
    contact('registrant', form.registrant),
    contact('head', form.head),
    ...form.subjectLeaders.map((leader) => contact('subject_leader', leader)),
    contact('finance', form.finance),
  ];
}

/** What of a registration follows from the form and may be corrected until the invoice is issued. */
export function fromForm(
  form: RegistrationForm,
): Pick<
  Registration,
  'language' | 'hubPreference' | 'targetLevel' | 'accreditation' | 'payer' | 'purchaseOrder' | 'consents'
> {
  return {
    language: form.language,
    hubPreference: form.hubPreference,
    targetLevel: form.targetLevel,
    accreditation: form.accreditation,
    payer: {
      kind: form.payer.kind,
      name: form.payer.name === '' ? form.finance.name : form.payer.name,
      email: (form.payer.email === '' ? form.finance.email : form.payer.email).toLowerCase(),
      addressLines: form.payer.addressLines.filter((line) => line !== ''),
      funderId: form.payer.kind === 'FUNDER' ? form.payer.funderId : null,
    },
    purchaseOrder: form.purchaseOrder,
    consents: { terms: true, dataProtection: true, publicity: form.consents.publicity },
  };
}
