import * as z from 'zod';
import { awardedLevel, bilingual, calendarDay, level } from '../../programme/model.ts';
import { draftForm, registrationForm } from '../../registration/form.ts';
import {
  contactRole,
  payer,
  purchaseOrder,
  registrationStatus,
  schoolSnapshot,
} from '../../registration/model.ts';
import { language } from '../../shared/access/identity.ts';
import { defineContract } from '../../shared/http/contract.ts';
import { pence } from '../../shared/money/pence.ts';

const instant = z.iso.datetime();
const id = z.string().min(1).max(64);
const registrationId = z.object({ registrationId: id });
const schoolContacts = ['registrant', 'head', 'subject_leader', 'hub_leader'] as const;

/** A school of the register as the form's search shows it. */
export const foundSchool = z.object({
  urn: z.string(),
  name: z.string(),
  town: z.string(),
  postcode: z.string(),
  open: z.boolean(),
  closeDate: z.string(),
  localAuthority: z.string(),
});

const currentAward = z.object({
  level: awardedLevel,
  roundLabel: z.string(),
  awardedOn: calendarDay,
  expiresOn: calendarDay,
});

/** A warning does not stop a registration; the page shows it and asks to go on. */
export const warning = z.object({ code: z.string(), message: z.string(), field: z.string().nullable() });
/** What stops a registration: a key of the texts, the words, and the field of the form in dotted notation. */
export const problem = z.object({ code: z.string(), message: z.string(), field: z.string() });
export const fee = z.object({
  pence,
  band: z.enum(['STANDARD', 'SMALL']),
  vat: z.enum(['EXEMPT', 'STANDARD', 'OUTSIDE_SCOPE']),
});

/** An invoice, credit note or receipt of the registration, as a page links to it. `url` is presigned for some minutes. */
export const paymentDocument = z.object({
  kind: z.enum(['INVOICE', 'CREDIT_NOTE', 'RECEIPT', 'REFUND_ADVICE']),
  number: z.string(),
  issuedOn: calendarDay,
  url: z.url(),
});

export const ownRegistration = z.object({
  registrationId: id,
  reference: z.string(),
  roundId: id,
  roundLabel: bilingual,
  status: registrationStatus,
  statusSince: instant,
  submittedAt: instant,
  schoolId: z.string(),
  school: schoolSnapshot,
  language,
  contacts: z.array(
    z.object({ contactId: z.string(), role: contactRole, name: z.string(), email: z.string() }),
  ),
  hub: z.object({ hubId: z.string(), name: z.string() }).nullable(),
  targetLevel: level,
  accreditation: z.enum(['FIRST', 'REACCREDITATION']),
  payer,
  purchaseOrder,
  fee,
  /** Until when the registration can be corrected; null once the invoice is issued or the place funded. */
  correctableUntil: instant.nullable(),
  /** The form as it stands, to correct; null once it cannot be. */
  form: registrationForm.nullable(),
  invoice: z
    .object({
      invoiceNumber: z.string(),
      paymentReference: z.string(),
      dueOn: calendarDay,
      amountPence: pence,
      balancePence: pence,
    })
    .nullable(),
  documents: z.array(paymentDocument),
});

const draft = z.object({
  draftId: id,
  savedAt: instant,
  expiresAt: instant,
  language,
  form: draftForm,
});

/** The registration form's API, and a signed-in contact's own registrations. */
export const publicContract = defineContract({
  getRound: {
    method: 'GET',
    path: '/api/public/round',
    roles: 'anyone',
    summary:
      'Public facts of the round that is open for registration; null where none is, with the next one if there is one.',
    response: z.object({
      round: z
        .object({
          roundId: id,
          label: bilingual,
          registrationOpens: calendarDay,
          registrationCloses: calendarDay,
          paymentDue: calendarDay,
          trainingStarts: calendarDay,
          sessions: z.array(calendarDay),
          submissionDue: calendarDay,
          results: calendarDay,
          fees: z.object({
            standardPence: pence,
            smallPence: pence,
            smallMaximumPupils: z.number().int(),
            paymentTermsDays: z.number().int(),
          }),
          levels: z.array(level),
          maximumSubjectLeaders: z.number().int(),
          hubs: z.array(
            z.object({
              hubId: id,
              name: z.string(),
              region: z.string(),
              languages: z.array(language),
              hasRoom: z.boolean(),
            }),
          ),
          funders: z.array(z.object({ funderId: id, name: z.string(), hasPlaces: z.boolean() })),
        })
        .nullable(),
      next: z.object({ label: bilingual, registrationOpens: calendarDay }).nullable(),
    }),
  },
  searchSchools: {
    method: 'GET',
    path: '/api/public/schools',
    roles: 'anyone',
    summary: 'Schools of the register by name, town, postcode or URN, the likeliest first.',
    query: z.object({
      q: z.string().trim().min(2).max(100),
      limit: z.coerce.number().int().min(1).max(50).default(20),
    }),
    response: z.object({ schools: z.array(foundSchool) }),
  },
  getSchool: {
    method: 'GET',
    path: '/api/public/schools/{urn}',
    roles: 'anyone',
    summary:
      'One school of the register with what the form is prefilled with, its current awards, and whether it is registered already.',
    params: z.object({ urn: z.string().regex(/^\d{6,7}$/) }),
    response: foundSchool.extend({
      phase: z.string(),
      trust: z.string(),
      pupils: z.number().int().nullable(),
      fsmPercent: z.number().nullable(),
      registeredThisRound: z.boolean(),
      currentAwards: z.array(currentAward),
    }),
  },
  checkForm: {
    method: 'POST',
    path: '/api/public/registrations/check',
    roles: 'anyone',
    summary:
      'Judges the form without sending it: every problem, every warning, and the fee ("check your answers").',
    body: registrationForm,
    response: z.object({ problems: z.array(problem), warnings: z.array(warning), fee: fee.nullable() }),
  },
  submitRegistration: {
    method: 'POST',
    path: '/api/public/registrations',
    roles: 'anyone',
    summary:
      "Registers the school. Refused with 422: `error.code` and `error.field` of the first problem, all of them in `error.issues` [{path, code, message}]. The same form for the same school again answers the same registration. A form with `registeredByHub` needs that hub's leader signed in. `draftId` drops the draft it came from.",
    body: z.object({ form: registrationForm, draftId: id.nullable().default(null) }),
    response: z.object({
      registrationId: id,
      reference: z.string(),
      fee,
      warnings: z.array(warning),
      /** True where this very form had been sent before. */
      repeated: z.boolean(),
      correctableUntil: instant,
    }),
  },
  saveDraft: {
    method: 'POST',
    path: '/api/public/drafts',
    roles: 'anyone',
    summary:
      'Saves the unfinished form for the person at this address and mails them the link to the page; they sign in by code to go on.',
    body: z.object({
      email: z.string().trim().max(254),
      name: z.string().trim().max(200),
      language,
      form: draftForm,
    }),
    response: z.object({ draftId: id, expiresAt: instant }),
  },
  listDrafts: {
    method: 'GET',
    path: '/api/public/drafts',
    roles: ['registrant'],
    summary: "The signed-in person's drafts, the latest first.",
    response: z.object({ drafts: z.array(draft) }),
  },
  getDraft: {
    method: 'GET',
    path: '/api/public/drafts/{draftId}',
    roles: ['registrant'],
    summary: 'One draft of the signed-in person, to go on with.',
    params: z.object({ draftId: id }),
    response: draft,
  },
  updateDraft: {
    method: 'PUT',
    path: '/api/public/drafts/{draftId}',
    roles: ['registrant'],
    summary: 'Saves the draft again; no mail.',
    params: z.object({ draftId: id }),
    body: z.object({ language, form: draftForm }),
    response: draft,
  },
  deleteDraft: {
    method: 'DELETE',
    path: '/api/public/drafts/{draftId}',
    roles: ['registrant'],
    summary: 'Deletes the draft.',
    params: z.object({ draftId: id }),
    response: z.object({ deleted: z.literal(true) }),
  },
  listOwnRegistrations: {
    method: 'GET',
    path: '/api/public/registrations',
    roles: ['registrant', 'head', 'subject_leader'],
    summary: 'Registrations of which the signed-in person is a contact.',
    response: z.object({
      registrations: z.array(
        z.object({
          registrationId: id,
          reference: z.string(),
          roundLabel: bilingual,
          schoolName: z.string(),
          status: registrationStatus,
          submittedAt: instant,
        }),
      ),
    }),
  },
  getOwnRegistration: {
    method: 'GET',
    path: '/api/public/registrations/{registrationId}',
    roles: schoolContacts,
    summary: 'One registration as its contacts, and the leader of its hub, see it.',
    params: registrationId,
    response: ownRegistration,
  },
  correctRegistration: {
    method: 'PUT',
    path: '/api/public/registrations/{registrationId}',
    roles: schoolContacts,
    summary:
      'Corrects everything but the school itself until the invoice is issued; 409 `wrong-state` afterwards. Problems as in submitRegistration.',
    params: registrationId,
    body: registrationForm,
    response: ownRegistration,
  },
  sendInvoiceNow: {
    method: 'POST',
    path: '/api/public/registrations/{registrationId}/send-invoice',
    roles: schoolContacts,
    summary:
      'Everything is right: issues the invoice (or takes the funded place) without waiting for the end of the time for corrections.',
    params: registrationId,
    response: ownRegistration,
  },
  addPurchaseOrder: {
    method: 'POST',
    path: '/api/public/registrations/{registrationId}/purchase-order',
    roles: schoolContacts,
    summary: 'Adds the purchase order number that was to come later; the invoice is sent again with it.',
    params: registrationId,
    body: z.object({ number: z.string().trim().max(40) }),
    response: ownRegistration,
  },
});
export type PublicContract = typeof publicContract;
