import { Route, Router } from 'preact-iso';
import { ForRoles, Shell, startPages } from '../shared/page.tsx';
import { AllocationPage } from './allocation-page.tsx';
import { CasePage } from './case-page.tsx';
import { MinutesPage } from './minutes-page.tsx';
import { ModerationPage } from './moderation-page.tsx';
import { OutcomesPage } from './outcomes-page.tsx';
import { useText } from './texts.ts';

/** The award panel's pages; their main task: confirm the proposed outcomes of a round. */
function PanelPages() {
  const t = useText();
  return (
    <Shell service={t('service')}>
      <ForRoles roles={['panel', 'admin', 'auditor']}>
        <Router>
          <Route path="/panel/" component={OutcomesPage} />
          <Route path="/panel/rounds/:roundId" component={OutcomesPage} />
          <Route path="/panel/rounds/:roundId/allocation" component={AllocationPage} />
          <Route path="/panel/rounds/:roundId/moderation" component={ModerationPage} />
          <Route path="/panel/rounds/:roundId/meetings/:meeting" component={MinutesPage} />
          <Route path="/panel/cases/:registrationId" component={CasePage} />
          <Route default component={OutcomesPage} />
        </Router>
      </ForRoles>
    </Shell>
  );
}

startPages(<PanelPages />);
