/** A finance officer who is signed in. Invented. */
export const financeOfficer = {
  personId: 'P1',
  email: 'money@example.org',
  name: 'Officer Sample',
  roles: ['finance'],
  language: 'en',
  hubIds: [],
  funderIds: [],
};

/** A payment of 850 pounds as the finance API answers it, waiting to be decided; tests change what they are about. */
export const bankLineView = (lineId: string, payerName: string) => ({
  lineId,
  statementId: 'ST1',
  account: '123456 12345678',
  bookedOn: '2026-06-01',
  valueOn: '2026-06-01',
  pence: 85_000,
  direction: 'CREDIT',
  reversal: false,
  payerName,
  narrative: 'SCIENCE MARK',
  endToEndId: '',
  bankReference: '',
  status: 'SUSPENSE',
  openPence: 85_000,
  candidates: [],
  queuedBecause: null,
  parked: null,
  seenIn: null,
  returnOf: null,
  rule: null,
  ruleWords: null,
  confidence: 'SUGGESTED',
  proposal: [],
  notes: [],
});
