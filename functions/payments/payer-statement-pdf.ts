import supplier from '../../programme/payments/supplier.json' with { type: 'json' };
import type { Language } from '../shared/access/identity.ts';
import { formatPence, type Pence } from '../shared/money/pence.ts';
import type { PdfDocument } from '../shared/pdf/create-document.ts';
import { formatDate } from '../shared/time/london.ts';
import { movementWords } from './movement-words.ts';
import type { PayerAccount } from './payer-account.ts';
import type { PayerStatement } from './payer-statement.ts';
import { payerStatementTexts } from './payer-statement-texts.ts';
import { begin, end, wordsOf } from './pdfs.ts';
import { ageBands } from './reports.ts';

/** The words of statements, and those that all papers have in common. */
function wordsIn(language: Language) {
  const t = (key: string, values?: Readonly<Record<string, string>>): string =>
    payerStatementTexts.text(language, key, values);
  return { t, common: wordsOf({ language }) };
}

/** The statement of account of a payer as a tagged PDF in a language, made at an instant. */
export function payerStatementPdf(
  of: Pick<PayerAccount, 'name' | 'addressLines' | 'kept'>,
  statement: PayerStatement,
  language: Language,
  at: Date,
): Promise<Uint8Array> {
  const { t, common } = wordsIn(language);
  const day = (date: string): string => formatDate(date, language);
  const { from } = statement;
  const to = day(statement.to);
  const payer = { name: of.name, addressLines: [...of.addressLines] };
  const pdf = begin({ language, payer }, t('statement-of-account', { day: to }), at.toISOString());
  const own = of.kept?.ownReference ?? null;
  pdf.facts([
    [t('period'), from === null ? t('until', { to }) : t('period-value', { from: day(from), to })],
    ...(own === null ? [] : [[common('your-reference'), own] as const]),
    [t('opening-balance'), formatPence(statement.openingPence)],
    [t('closing-balance', { day: to }), formatPence(statement.closingPence)],
  ]);
  if (statement.closingPence < 0) pdf.text(t('in-credit'), { size: 9 });
  movements(pdf, statement, language);
  ages(pdf, statement, language);
  if (statement.open.length > 0) openInvoices(pdf, statement, language);
  return end(pdf, { language });
}

/** Every movement with the balance after it. */
function movements(pdf: PdfDocument, statement: PayerStatement, language: Language): void {
  const { t, common } = wordsIn(language);
  const moved = (pence: Pence): string => (pence === 0 ? '' : formatPence(pence));
  const rows = statement.entries.map((each) => [
    formatDate(each.postedOn, language),
    movementWords(each, language),
    moved(each.chargedPence),
    moved(each.creditedPence),
    formatPence(each.balancePence),
  ]);
  const closing = t('closing-balance', { day: formatDate(statement.to, language) });
  pdf.space(6);
  pdf.table(
    [
      { title: common('date'), share: 0.19 },
      { title: common('description'), share: 0.39 },
      { title: t('charged'), share: 0.14, align: 'right' },
      { title: t('credited'), share: 0.14, align: 'right' },
      { title: t('balance'), share: 0.14, align: 'right' },
    ],
    [
      ['', t('opening-balance'), '', '', formatPence(statement.openingPence)],
      ...rows,
      ['', closing, '', '', formatPence(statement.closingPence)],
    ],
    { size: 9, strong: [0, rows.length + 1] },
  );
}

/** What is owed by age, what the payer has with us, and what both come to. */
function ages(pdf: PdfDocument, statement: PayerStatement, language: Language): void {
  const { t, common } = wordsIn(language);
  pdf.space(6);
  pdf.text(t('by-age'), { role: 'H2', weight: 'bold', size: 12 });
  pdf.table(
    [
      { title: t('age'), share: 0.75 },
      { title: common('amount'), share: 0.25, align: 'right' },
    ],
    [
      ...ageBands.map((band) => [t(`ages.${band}`), formatPence(statement.bands[band])]),
      [t('on-account'), formatPence(0 - statement.onAccountPence)],
      [
        t('closing-balance', { day: formatDate(statement.to, language) }),
        formatPence(statement.closingPence),
      ],
    ],
    { strong: [ageBands.length + 1] },
  );
}

/** The invoices to be paid, with what to write on the transfer. */
function openInvoices(pdf: PdfDocument, { open }: PayerStatement, language: Language): void {
  const { t, common } = wordsIn(language);
  pdf.space(6);
  pdf.text(t('to-pay'), { role: 'H2', weight: 'bold', size: 12 });
  pdf.table(
    [
      { title: common('invoice'), share: 0.22 },
      { title: common('school'), share: 0.26 },
      { title: common('payment-reference'), share: 0.2 },
      { title: common('due'), share: 0.18 },
      { title: common('amount'), share: 0.14, align: 'right' },
    ],
    open.map(({ invoice, pence }) => [
      invoice.invoiceNumber,
      invoice.schoolName,
      invoice.paymentReference,
      formatDate(invoice.dueOn, language),
      formatPence(pence),
    ]),
    { size: 9 },
  );
  pdf.text(t('pay-each'), { size: 9 });
  pdf.facts([
    [common('account-name'), supplier.bank.accountName],
    [common('sort-code'), supplier.bank.sortCode],
    [common('account-number'), supplier.bank.accountNumber],
  ]);
}
