/** One amount that reached the programme's account. */
export interface Transfer {
  readonly day: string;
  readonly pence: number;
  readonly payer: string;
  readonly narrative: string;
}

const ACCOUNT = 'GB33BUKB20201555555555';

/** The programme's bank: collects transfers and writes camt.053 statements whose balances follow on each other. */
export class Bank {
  #balance = 1_000_000;
  #pending: Transfer[] = [];
  #statements = 0;
  #received = 0;

  pay(transfer: Transfer): void {
    this.#pending.push(transfer);
    this.#received += transfer.pence;
  }

  get waiting(): number {
    return this.#pending.length;
  }

  /** All that ever came in, in pence. */
  get receivedPence(): number {
    return this.#received;
  }

  /** The statement of what has come since the last one, or undefined where nothing has. */
  statement(day: string): { name: string; xml: string } | undefined {
    if (this.#pending.length === 0) return undefined;
    const entries = this.#pending;
    this.#pending = [];
    const opening = this.#balance;
    this.#balance += entries.reduce((sum, entry) => sum + entry.pence, 0);
    this.#statements++;
    const id = `ST-${String(this.#statements).padStart(4, '0')}`;
    return {
      name: `${id}.xml`,
      xml: camt053({ id, day, number: this.#statements, opening, closing: this.#balance, entries }),
    };
  }
}

const pounds = (pence: number): string =>
  `${Math.floor(pence / 100)}.${String(pence % 100).padStart(2, '0')}`;
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function camt053(of: {
  id: string;
  day: string;
  number: number;
  opening: number;
  closing: number;
  entries: readonly Transfer[];
}): string {
  const balance = (code: string, pence: number, day: string): string =>
    `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="GBP">${pounds(pence)}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>${day}</Dt></Dt></Bal>`;
  const first = of.entries[0]?.day ?? of.day;
  const entries = of.entries.map(
    (entry, index) =>
      `<Ntry><NtryRef>${of.id}-${index + 1}</NtryRef><Amt Ccy="GBP">${pounds(entry.pence)}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>${entry.day}</Dt></BookgDt><ValDt><Dt>${entry.day}</Dt></ValDt><AcctSvcrRef>${of.id}/${index + 1}</AcctSvcrRef><BkTxCd><Prtry><Cd>BAC</Cd></Prtry></BkTxCd><NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><Amt Ccy="GBP">${pounds(entry.pence)}</Amt><RltdPties><Dbtr><Pty><Nm>${escaped(entry.payer)}</Nm></Pty></Dbtr></RltdPties><RmtInf><Ustrd>${escaped(entry.narrative)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>`,
  );
  const total = of.entries.reduce((sum, entry) => sum + entry.pence, 0);
  return `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>${of.id}</MsgId><CreDtTm>${of.day}T06:00:00Z</CreDtTm></GrpHdr><Stmt><Id>${of.id}</Id><ElctrncSeqNb>${of.number}</ElctrncSeqNb><CreDtTm>${of.day}T06:00:00Z</CreDtTm><FrToDt><FrDtTm>${first}T00:00:00Z</FrDtTm><ToDtTm>${of.day}T00:00:00Z</ToDtTm></FrToDt><Acct><Id><IBAN>${ACCOUNT}</IBAN></Id><Ccy>GBP</Ccy></Acct>${balance('OPBD', of.opening, first)}${balance('CLBD', of.closing, of.day)}<TxsSummry><TtlNtries><NbOfNtries>${of.entries.length}</NbOfNtries><Sum>${pounds(total)}</Sum></TtlNtries><TtlCdtNtries><NbOfNtries>${of.entries.length}</NbOfNtries><Sum>${pounds(total)}</Sum></TtlCdtNtries></TxsSummry>
${entries.join('\n')}
</Stmt></BkToCstmrStmt></Document>
`;
}
