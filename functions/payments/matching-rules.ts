import * as z from 'zod';

/**
 * The rules by which a bank line is matched, in the order in which they are asked (domain.md 3.6); the first that applies
 * decides. What each says is in the texts `rules`. Only the first three confirm: everything else is left to a person.
 */
export const matchingRules = [
  /** A payment reference, and exactly what is owed. */
  'reference-and-amount',
  /** An invoice number, and exactly what is owed. */
  'invoice-number-and-amount',
  /** Several invoices named, which together owe exactly what came. */
  'named-invoices-and-sum',
  /** What is named is settled already: it was paid twice. */
  'second-payment',
  /** What is named belongs to a registration that lapsed or was withdrawn. */
  'ended-registration',
  /** Named, and less came than is owed. */
  'part-payment',
  /** Named, and more came than is owed. */
  'over-payment',
  /** Several invoices named, and another sum than they owe. */
  'named-invoices-other-sum',
  /** One way to make the amount from open invoices of one payer. */
  'invoices-of-one-payer',
  /** Several ways to make the amount from open invoices of a payer: shown, never chosen. */
  'ambiguous-sum',
  /** A registration reference or a URN, and exactly what is owed. */
  'school-and-amount',
  /** A registration reference or a URN, and another amount. */
  'school-other-amount',
  /** Somebody who was confirmed to pay for others, and one invoice of theirs that owes exactly the amount. */
  'known-payer-and-amount',
  /** The same, and one way to make the amount from their open invoices. */
  'known-payer-and-sum',
  /** The same, and an amount that their invoices do not make. */
  'known-payer-other-amount',
  /** One open invoice alone has a like name and owes exactly the amount. */
  'name-and-amount',
  /** Several have a like name and owe the amount: shown, never chosen. */
  'ambiguous-name',
  /** Money that went back, or came back. */
  'returned-payment',
  /** Nothing on the line points to an invoice. */
  'none',
] as const;
export const matchingRule = z.enum(matchingRules);
export type MatchingRule = z.output<typeof matchingRule>;
