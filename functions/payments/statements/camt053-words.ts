import type { BankLine } from './model.ts';
import { all, find, textOf, type XmlNode } from './xml-nodes.ts';

/** What identifies and describes a payment. */
export interface PaymentWords {
  readonly endToEndId: string;
  readonly bankReference: string;
  readonly transactionId: string;
  /** Who paid, or for money that left who was paid. */
  readonly party: string;
  readonly remittance: readonly string[];
  readonly additional: string;
  /** Of a payment that came back: why, and what the first one had. */
  readonly returned: readonly string[];
}

/** Reads the words of a payment (TxDtls). */
export function wordsOf(detail: XmlNode, direction: BankLine['direction']): PaymentWords {
  const first = (...paths: string[][]): string =>
    paths.map((path) => textOf(detail, ...path)).find((text) => text !== '') ?? '';
  const party = direction === 'CREDIT' ? 'Dbtr' : 'Cdtr';
  // Where the payer gave no end-to-end reference, what it called its instruction may be one.
  const endToEndId = [textOf(detail, 'Refs', 'EndToEndId'), textOf(detail, 'Refs', 'InstrId')].find(
    (text) => text !== '' && !isNone(text),
  );
  return {
    endToEndId: endToEndId ?? '',
    bankReference: textOf(detail, 'Refs', 'AcctSvcrRef'),
    transactionId: textOf(detail, 'Refs', 'TxId'),
    party: first(
      ['RltdPties', party, 'Pty', 'Nm'],
      ['RltdPties', party, 'Nm'],
      ['RltdPties', `Ultmt${party}`, 'Pty', 'Nm'],
      ['RltdPties', `Ultmt${party}`, 'Nm'],
    ),
    remittance: remittanceOf(detail),
    additional: textOf(detail, 'AddtlTxInf'),
    returned: returnedOf(detail),
  };
}

function returnedOf(detail: XmlNode): string[] {
  const information = find(detail, 'RtrInf');
  return information === undefined
    ? []
    : [...all(information, 'AddtlInf').map(({ text }) => text), textOf(information, 'OrgnlEndToEndId')];
}

/** What the payer wrote, free or structured: references of the creditor, numbers of documents, further words. */
function remittanceOf(detail: XmlNode): string[] {
  const information = find(detail, 'RmtInf');
  if (information === undefined) return [];
  return [
    ...all(information, 'Ustrd').map(({ text }) => text),
    ...all(information, 'Strd').flatMap((each) => [
      textOf(each, 'CdtrRefInf', 'Ref'),
      ...all(each, 'RfrdDocInf').map((document) => textOf(document, 'Nb')),
      ...all(each, 'AddtlRmtInf').map(({ text }) => text),
    ]),
  ];
}

/** What banks write where the payer gave no reference. */
const isNone = (reference: string): boolean => /^(NOT\s?PROVIDED|NONREF|NOTPROV|NONE)$/i.test(reference);
