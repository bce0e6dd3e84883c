import type * as z from 'zod';
import type { contactRole, Registration } from '../../registration/model.ts';
import { readRegistration } from '../../registration/store.ts';
import type { Identity } from '../../shared/access/identity.ts';
import { ForbiddenError, NotFoundError } from '../../shared/runtime/errors.ts';
import type { Stored } from '../../shared/table/change.ts';

type ContactRole = z.output<typeof contactRole>;

/** A registration as one of its people meets it. */
export interface Mine {
  readonly registration: Stored<Registration>;
  /** The parts that the person has in it now. */
  readonly as: readonly ContactRole[];
}

/** The registration, if the person is one of its contacts now; somebody else's answers like one that does not exist. */
export async function mine(identity: Identity, registrationId: string): Promise<Mine> {
  const registration = await readRegistration(registrationId);
  const as = registration.contacts
    .filter((contact) => contact.personId === identity.personId && contact.until === null)
    .map((contact) => contact.role);
  if (as.length === 0) throw new NotFoundError(`registration ${registrationId}`);
  return { registration, as };
}

/** Holds a request to one of these parts in this registration: the role as such may come from another school. */
export function onlyAs(found: Mine, ...allowed: readonly ContactRole[]): Mine {
  if (!found.as.some((role) => allowed.includes(role))) throw new ForbiddenError(`for ${allowed.join(', ')}`);
  return found;
}
