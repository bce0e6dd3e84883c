import { ServiceError } from '../core/errors.ts';

/** The bare address of `Name <local@domain>` or `local@domain`; syntax that SES refuses is `BadRequestException`. */
export function readAddress(text: string): string {
  const match = /^\s*(?:(?<name>.*?)\s*<(?<inner>[^<>]+)>|(?<bare>[^<>\s]+))\s*$/s.exec(text);
  const address = match?.groups?.inner ?? match?.groups?.bare;
  if (address === undefined || !address.includes('@')) throw refuse("Missing final '@domain'");
  // Node prints names beyond ASCII raw; SES wants them encoded, the SDK leaves that to the caller.
  const name = match?.groups?.name ?? '';
  if (/[\r\n]/.test(name)) throw refuse('Control or whitespace characters are not allowed');
  const at = address.lastIndexOf('@');
  const [local, domain] = [address.slice(0, at), address.slice(at + 1)];
  if (
    !/^(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*|"[^"\r\n]+")$/.test(local)
  ) {
    throw refuse('Local address contains control or whitespace, or is malformed');
  }
  if (local.length > 64) throw refuse('Local part is too long');
  if (!/^(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$/.test(domain)) {
    throw refuse('Domain contains illegal character, or is malformed');
  }
  return address;
}

/** The domain of a bare address, in lower case. */
export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase();
}

function refuse(why: string): ServiceError {
  return new ServiceError('BadRequestException', why);
}
