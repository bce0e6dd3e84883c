import type { Registration } from '../../registration/model.ts';
import { readRegistration } from '../../registration/store.ts';
import type { Identity } from '../../shared/access/identity.ts';
import { NotFoundError } from '../../shared/runtime/errors.ts';
import type { Stored } from '../../shared/table/change.ts';

/** A registration of a hub that the person leads; any other answers like one that does not exist. */
export async function ledRegistration(
  identity: Identity,
  registrationId: string,
): Promise<Stored<Registration>> {
  const registration = await readRegistration(registrationId);
  if (registration.hubId === null || !identity.hubIds.includes(registration.hubId))
    throw new NotFoundError(`registration ${registrationId}`);
  return registration;
}

/** Holds a request to a hub that the person leads. */
export function ledHub(identity: Identity, hubId: string): string {
  if (!identity.hubIds.includes(hubId)) throw new NotFoundError(`hub ${hubId}`);
  return hubId;
}
