import { Route, Router } from 'preact-iso';
import { ForRoles, Shell } from '../shared/page.tsx';
import { type Audience, AudienceContext } from './audience.ts';
import { AwardsPage } from './awards-page.tsx';
import { BoardPage } from './board-page.tsx';
import { FundersPage } from './funders-page.tsx';
import { HubsPage } from './hubs-page.tsx';
import { JourneyPage } from './journey-page.tsx';
import { NewRoundPage } from './new-round-page.tsx';
import { PeoplePage } from './people-page.tsx';
import { PlacementsPage } from './placements-page.tsx';
import { RegisterPage } from './register-page.tsx';
import { RoundPage } from './round-page.tsx';
import { RoundsPage } from './rounds-page.tsx';
import { RunPage } from './run-page.tsx';
import { RunsPage } from './runs-page.tsx';
import { SchoolsPage } from './schools-page.tsx';
import { SetUpPage } from './set-up-page.tsx';
import { StuckPage } from './stuck-page.tsx';
import { useText } from './texts.ts';

/**
 * The pages of those who run the programme; their main task: see what waits or is stuck, and deal with it. Auditors see
 * the same pages without what acts.
 */
export function StaffPages(props: { audience: Audience }) {
  const t = useText();
  const { base, role } = props.audience;
  return (
    <AudienceContext.Provider value={props.audience}>
      <Shell
        service={t(`service.${role}`)}
        navigation={[
          { href: `${base}/`, label: t('navigation.board') },
          { href: `${base}/placements`, label: t('navigation.placements') },
          { href: `${base}/stuck`, label: t('navigation.stuck') },
          { href: `${base}/schools`, label: t('navigation.schools') },
          { href: `${base}/runs`, label: t('navigation.runs') },
          { href: `${base}/set-up`, label: t('navigation.set-up') },
          ...(role === 'auditor' ? [{ href: '/finance/', label: t('navigation.books') }] : []),
        ]}
      >
        <ForRoles roles={[role]}>
          <Router>
            <Route path={`${base}/`} component={BoardPage} />
            <Route path={`${base}/placements`} component={PlacementsPage} />
            <Route path={`${base}/stuck`} component={StuckPage} />
            <Route path={`${base}/schools`} component={SchoolsPage} />
            <Route path={`${base}/schools/:registrationId`} component={JourneyPage} />
            <Route path={`${base}/runs`} component={RunsPage} />
            <Route path={`${base}/run`} component={RunPage} />
            <Route path={`${base}/set-up`} component={SetUpPage} />
            <Route path={`${base}/rounds`} component={RoundsPage} />
            <Route path={`${base}/rounds/new`} component={NewRoundPage} />
            <Route path={`${base}/rounds/:roundId`} component={RoundPage} />
            <Route path={`${base}/hubs`} component={HubsPage} />
            <Route path={`${base}/people`} component={PeoplePage} />
            <Route path={`${base}/funders`} component={FundersPage} />
            <Route path={`${base}/register`} component={RegisterPage} />
            <Route path={`${base}/awards`} component={AwardsPage} />
            <Route default component={BoardPage} />
          </Router>
        </ForRoles>
      </Shell>
    </AudienceContext.Provider>
  );
}
