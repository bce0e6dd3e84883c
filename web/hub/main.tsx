import { Route, Router } from 'preact-iso';
import { ForRoles, Shell, startPages } from '../shared/page.tsx';
import { MessagesPage } from './messages-page.tsx';
import { SchoolPage } from './school-page.tsx';
import { SchoolsPage } from './schools-page.tsx';
import { SessionsPage } from './sessions-page.tsx';
import { SubmissionPage } from './submission-page.tsx';
import { useText } from './texts.ts';

/** The hub leader's pages; their main task: see what each school needs and sign off its submission. */
function HubPages() {
  const t = useText();
  return (
    <Shell
      service={t('service')}
      navigation={[
        { href: '/hub/', label: t('navigation.schools') },
        { href: '/hub/sessions', label: t('navigation.sessions') },
        { href: '/hub/messages', label: t('navigation.messages') },
        { href: '/register/?hub=1', label: t('navigation.register') },
      ]}
    >
      <ForRoles roles={['hub_leader']}>
        <Router>
          <Route path="/hub/" component={SchoolsPage} />
          <Route path="/hub/sessions" component={SessionsPage} />
          <Route path="/hub/messages" component={MessagesPage} />
          <Route path="/hub/schools/:registrationId" component={SchoolPage} />
          <Route path="/hub/schools/:registrationId/submission" component={SubmissionPage} />
          <Route default component={SchoolsPage} />
        </Router>
      </ForRoles>
    </Shell>
  );
}

startPages(<HubPages />);
