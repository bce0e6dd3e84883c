import type { Hub } from '../programme/model.ts';
import type { RegistrationForm } from './form.ts';
import type { Registration } from './model.ts';

/** What becomes of a placed school's hub when its form is corrected. */
export type NewPlace =
  | { readonly kind: 'KEEP' }
  /** The hub that it now asks for. */
  | { readonly kind: 'MOVE'; readonly hub: Hub }
  /** Its hub holds no sessions in the language that it now has: another one is looked for. */
  | { readonly kind: 'SEEK' };

/**
 * Where a placed school belongs after a correction. A wish that changed is followed, where that hub takes schools and
 * holds sessions in the school's language; a place once given is otherwise kept, unless the language changed to one that
 * its hub does not speak. Pure.
 */
export function newPlaceFor(
  current: Pick<Registration, 'status' | 'hubId' | 'hubPreference' | 'language'>,
  form: Pick<RegistrationForm, 'hubPreference' | 'language'>,
  hubs: readonly Hub[],
): NewPlace {
  if (current.status !== 'ACCEPTED') return { kind: 'KEEP' };
  const able = (hub: Hub): boolean => hub.active && hub.languages.includes(form.language);
  const wished = hubs.find(({ hubId }) => hubId === form.hubPreference);
  if (
    wished !== undefined &&
    wished.hubId !== current.hubPreference &&
    wished.hubId !== current.hubId &&
    able(wished)
  )
    return { kind: 'MOVE', hub: wished };
  const own = hubs.find(({ hubId }) => hubId === current.hubId);
  const spoken = own?.languages.includes(form.language) ?? true;
  return form.language !== current.language && !spoken ? { kind: 'SEEK' } : { kind: 'KEEP' };
}
