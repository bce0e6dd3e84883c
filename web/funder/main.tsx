import { Route, Router } from 'preact-iso';
import { ForRoles, Shell, startPages } from '../shared/page.tsx';
import { PlacesPage } from './places-page.tsx';
import { useText } from './texts.ts';

/** The funder's one page; their main task: see the places that they pay for. */
function FunderPages() {
  const t = useText();
  return (
    <Shell service={t('service')}>
      <ForRoles roles={['funder']}>
        <Router>
          <Route path="/funder/" component={PlacesPage} />
          <Route default component={PlacesPage} />
        </Router>
      </ForRoles>
    </Shell>
  );
}

startPages(<FunderPages />);
