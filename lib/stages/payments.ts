import { financeContract } from '../../functions/http/finance/contract.ts';
import { financeBooksContract } from '../../functions/http/finance-books/contract.ts';
import { financeImportsContract } from '../../functions/http/finance-imports/contract.ts';
import { financePapersContract } from '../../functions/http/finance-papers/contract.ts';
import { financePayersContract } from '../../functions/http/finance-payers/contract.ts';
import { funderContract } from '../../functions/http/funder/contract.ts';
import type { StageDefinition } from './types.ts';

/** Invoices, bank statements and the books. */
export const paymentsStage: StageDefinition = {
  stage: 'payments',
  functions: {
    'check-statement': {
      description: 'Reads a bank statement and checks its totals, or refuses it whole',
      grants: {
        table: ['BatchGetItem', 'Query', 'PutItem', 'UpdateItem'],
        buckets: { statements: { actions: ['GetObject', 'PutObject'], prefix: 'statements/' } },
      },
      timeoutSeconds: 300,
      memoryMb: 1769,
    },
    'match-page': {
      description: 'Records a page of bank lines and matches what is beyond doubt',
      grants: {
        table: ['BatchGetItem', 'Query', 'PutItem', 'ConditionCheckItem'],
        buckets: { statements: { actions: ['GetObject'], prefix: 'statements/' } },
      },
      timeoutSeconds: 300,
      memoryMb: 1024,
    },
    'end-statement': {
      description: 'Says that a bank statement is reconciled or was refused',
      grants: { table: ['BatchGetItem', 'PutItem', 'UpdateItem'] },
    },
    'credit-withdrawn': {
      description: 'Credits what a school that withdrew has not paid, and says so',
      grants: {
        table: ['BatchGetItem', 'Query', 'PutItem', 'UpdateItem'],
        mail: true,
        buckets: { documents: { actions: ['PutObject'], prefix: 'registrations/' } },
      },
      onEvents: ['RegistrationWithdrawn'],
      large: true,
      timeoutSeconds: 60,
      memoryMb: 1024,
    },
    'refund-advice': {
      description: 'Makes the advice of an approved refund and sends it',
      grants: {
        table: ['BatchGetItem', 'PutItem', 'UpdateItem'],
        mail: true,
        buckets: { documents: { actions: ['PutObject'], prefix: 'registrations/' } },
      },
      onEvents: ['RefundApproved'],
      large: true,
      timeoutSeconds: 60,
      memoryMb: 1024,
    },
    'move-due-days': {
      description: 'Moves the invoices that are owed with the payment day of a round or a school',
      grants: { table: ['BatchGetItem', 'Query', 'PutItem'] },
      onEvents: ['RoundDeadlineMoved', 'RegistrationDeadlineMoved'],
      timeoutSeconds: 300,
    },
    'finance-api': {
      description: 'Finance pages: statements, the queue, invoices, funders',
      grants: {
        table: ['BatchGetItem', 'Query', 'PutItem', 'ConditionCheckItem'],
        buckets: {
          statements: { actions: ['PutObject', 'GetObject', 'ListBucket'], prefix: 'statements/' },
          documents: { actions: ['GetObject'], prefix: 'registrations/' },
        },
      },
      http: { audience: 'finance', contract: financeContract },
      timeoutSeconds: 29,
      memoryMb: 1769,
    },
    'finance-books-api': {
      description: 'Finance approvals, other money, reports, months and exports',
      grants: { table: ['BatchGetItem', 'Query', 'PutItem', 'ConditionCheckItem'] },
      http: { audience: 'finance-books', contract: financeBooksContract },
      timeoutSeconds: 29,
      memoryMb: 1769,
    },
    'finance-imports-api': {
      description: 'Finance brings in open invoices of a previous system',
      grants: { table: ['BatchGetItem', 'PutItem'] },
      http: { audience: 'finance-imports', contract: financeImportsContract },
      timeoutSeconds: 29,
      memoryMb: 1769,
    },
    'finance-payers-api': {
      description: 'Finance keep payers, put several schools on one invoice, split one, and stop reminders',
      grants: {
        table: ['BatchGetItem', 'Query', 'PutItem', 'UpdateItem'],
        buckets: { documents: { actions: ['GetObject'], prefix: 'finance/' } },
      },
      http: { audience: 'finance-payers', contract: financePayersContract },
      timeoutSeconds: 29,
      memoryMb: 1024,
    },
    'finance-papers-api': {
      description: 'Finance make statements of account of payers and send them',
      grants: {
        table: ['BatchGetItem', 'Query', 'PutItem', 'UpdateItem'],
        mail: true,
        buckets: { documents: { actions: ['GetObject', 'PutObject'], prefix: 'finance/' } },
      },
      http: { audience: 'finance-papers', contract: financePapersContract },
      large: true,
      timeoutSeconds: 29,
      memoryMb: 1024,
    },
    'funder-api': {
      description: "A funder's places and the schools that take them",
      grants: { table: ['BatchGetItem', 'Query'] },
      http: { audience: 'funder', contract: funderContract },
      timeoutSeconds: 29,
    },
  },
  workflows: {
    reconciliation: {
      name: 'reconciliation',
      startedBy: ['StatementUploaded'],
      invokes: ['check-statement', 'match-page', 'end-statement'],
      impact: 'A bank statement is not recorded, so payments do not reach their invoices.',
    },
  },
};
