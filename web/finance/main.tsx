import { Route, Router } from 'preact-iso';
import { ForRoles, Shell, startPages } from '../shared/page.tsx';
import { ApprovalsPage } from './approvals-page.tsx';
import { BooksPage } from './books-page.tsx';
import { BroughtOverPage } from './brought-over-page.tsx';
import { CreditsPage } from './credits-page.tsx';
import { FundingPage } from './funding-page.tsx';
import { InvoicePage } from './invoice-page.tsx';
import { InvoicesPage } from './invoices-page.tsx';
import { LinePage } from './line-page.tsx';
import { MonthsPage } from './months-page.tsx';
import { PayerPage } from './payer-page.tsx';
import { PayersPage } from './payers-page.tsx';
import { QueuePage } from './queue-page.tsx';
import { StatementPage } from './statement-page.tsx';
import { StatementsPage } from './statements-page.tsx';
import { useText } from './texts.ts';

/** The finance officers' pages; their main task: decide the payments that did not match by themselves. */
function FinancePages() {
  const t = useText();
  return (
    <Shell
      service={t('service')}
      navigation={[
        { href: '/finance/', label: t('navigation.queue') },
        { href: '/finance/statements', label: t('navigation.statements') },
        { href: '/finance/invoices', label: t('navigation.invoices') },
        { href: '/finance/funding-requests', label: t('navigation.funding') },
        { href: '/finance/credits', label: t('navigation.credits') },
        { href: '/finance/approvals', label: t('navigation.approvals') },
        { href: '/finance/books', label: t('navigation.books') },
      ]}
    >
      <ForRoles roles={['finance', 'finance_approver', 'auditor', 'admin']}>
        <Router>
          <Route path="/finance/" component={QueuePage} />
          <Route path="/finance/lines/:lineId" component={LinePage} />
          <Route path="/finance/statements" component={StatementsPage} />
          <Route path="/finance/statements/:statementId" component={StatementPage} />
          <Route path="/finance/brought-over" component={BroughtOverPage} />
          <Route path="/finance/invoices" component={InvoicesPage} />
          <Route path="/finance/invoices/:invoiceNumber" component={InvoicePage} />
          <Route path="/finance/payers" component={PayersPage} />
          <Route path="/finance/payers/:payerRef" component={PayerPage} />
          <Route path="/finance/funding-requests" component={FundingPage} />
          <Route path="/finance/credits" component={CreditsPage} />
          <Route path="/finance/approvals" component={ApprovalsPage} />
          <Route path="/finance/books" component={BooksPage} />
          <Route path="/finance/months" component={MonthsPage} />
          <Route default component={QueuePage} />
        </Router>
      </ForRoles>
    </Shell>
  );
}

startPages(<FinancePages />);
