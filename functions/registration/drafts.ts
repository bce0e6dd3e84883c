import { ulid } from 'ulid';
import * as z from 'zod';
import { ensurePerson } from '../people/store.ts';
import type { Language } from '../shared/access/identity.ts';
import { language } from '../shared/access/identity.ts';
import { sendMail } from '../shared/mail/send-mail.ts';
import { requireEnv } from '../shared/runtime/env.ts';
import { NotFoundError, RefusedError } from '../shared/runtime/errors.ts';
import {
  type Actor,
  change,
  create,
  parseStored,
  queryCollection,
  read,
  type Stored,
} from '../shared/table/change.ts';
import { type Key, personPk } from '../shared/table/keys.ts';
import { withoutStored } from '../shared/table/without-stored.ts';
import { formatDate } from '../shared/time/london.ts';
import { draftForm } from './form.ts';
import { registrationTexts } from './texts.ts';

/** Days for which an unfinished form is kept. */
const KEPT_DAYS = 60;

export const draft = z.object({
  draftId: z.string(),
  personId: z.string(),
  language,
  form: draftForm,
  savedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  deleted: z.boolean(),
  ttl: z.number(),
});
export type Draft = z.output<typeof draft>;

const draftKey = (personId: string, draftId: string): Key => ({
  pk: personPk(personId),
  sk: `DRAFT#${draftId}`,
});
const emailShape = z.email();

/** Saves an unfinished form for the person at this address and mails them how to go on; a new address makes a person. */
export async function saveDraft(
  given: { email: string; name: string; language: Language; form: Draft['form'] },
  now: Date,
): Promise<Stored<Draft>> {
  const email = given.email.trim().toLowerCase();
  if (!emailShape.safeParse(email).success) throw new RefusedError('email-malformed', { field: 'email' });
  const actor: Actor = { kind: 'system', id: 'registration-form' };
  const { personId } = await ensurePerson(
    { email, name: given.name === '' ? email : given.name, language: given.language, role: 'registrant' },
    actor,
    now,
  );
  const draftId = ulid(now.getTime());
  const expires = new Date(now.getTime() + KEPT_DAYS * 86_400_000);
  const saved = await create<Draft>(
    draftKey(personId, draftId),
    {
      next: {
        draftId,
        personId,
        language: given.language,
        form: given.form,
        savedAt: now.toISOString(),
        expiresAt: expires.toISOString(),
        deleted: false,
        ttl: Math.floor(expires.getTime() / 1000),
      },
      audit: { action: 'registration.save-draft', actor: { kind: 'person', id: personId } },
      events: [],
    },
    now,
  );
  const values = {
    page: `${requireEnv('SITE_URL')}/register/drafts/${draftId}`,
    until: formatDate(expires, given.language),
  };
  await sendMail(
    {
      collection: personPk(personId),
      cause: `draft-${draftId}`,
      to: email,
      language: given.language,
      subject: registrationTexts.text(given.language, 'emails.draft.subject', values),
      text: registrationTexts.text(given.language, 'emails.draft.text', values),
    },
    now,
  );
  return saved;
}

/** The person's drafts that can still be gone on with, the latest first. */
export async function listDrafts(personId: string, now: Date): Promise<Stored<Draft>[]> {
  const items = await queryCollection(personPk(personId), 'DRAFT#');
  return items
    .map((item) => parseStored(draft, item))
    .filter((each) => isOpen(each, now))
    .sort((a, b) => b.savedAt.localeCompare(a.savedAt));
}

/** One draft of the person; throws `NotFoundError` for somebody else's, a deleted or an expired one. */
export async function readDraft(personId: string, draftId: string, now: Date): Promise<Stored<Draft>> {
  const found = await read(draft, draftKey(personId, draftId));
  if (found === undefined || !isOpen(found, now)) throw new NotFoundError(`draft ${draftId}`);
  return found;
}

export async function updateDraft(
  personId: string,
  draftId: string,
  given: Pick<Draft, 'language' | 'form'>,
  now: Date,
): Promise<Stored<Draft>> {
  await readDraft(personId, draftId, now);
  return change(draft, draftKey(personId, draftId), now, (current) => ({
    next: { ...withoutStored(current), ...given, savedAt: now.toISOString() },
    audit: { action: 'registration.update-draft', actor: { kind: 'person', id: personId } },
    events: [],
  }));
}

/** Deletes a draft; its content goes at once. */
export async function deleteDraft(personId: string, draftId: string, now: Date): Promise<void> {
  await readDraft(personId, draftId, now);
  await change(draft, draftKey(personId, draftId), now, (current) => ({
    next: { ...withoutStored(current), form: {}, deleted: true },
    audit: { action: 'registration.delete-draft', actor: { kind: 'person', id: personId } },
    events: [],
  }));
}

/** Expiry is a rule of ours: the table's own deletion may come days later. */
const isOpen = (each: Draft, now: Date): boolean => !each.deleted && each.expiresAt > now.toISOString();
