import { payerReaders } from '../registration/mails.ts';
import { readRegistration } from '../registration/store.ts';
import type { Invoice } from './model.ts';

/** Who is sent the papers of an invoice: a payer that finance keep with its contacts, else payer and finance contact. */
export async function readersOf(of: Invoice): Promise<{ name: string; email: string }[]> {
  if (of.payer.payerId === undefined) return payerReaders(await readRegistration(of.registrationId));
  const { name, email, contacts = [] } = of.payer;
  const all = [...(email === null ? [] : [{ name, email }]), ...contacts];
  return all.filter((each, index) => all.findIndex((other) => other.email === each.email) === index);
}
