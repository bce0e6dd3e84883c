import { Route, Router } from 'preact-iso';
import { ForRoles, Shell, startPages } from '../shared/page.tsx';
import { useReadingText } from '../shared/review.tsx';
import { ReadingPage } from './reading-page.tsx';
import { ReadingsPage } from './readings-page.tsx';

/** The moderator's pages; their main task: read again without seeing the first reading, and decide between two. */
function ModeratorPages() {
  const t = useReadingText();
  return (
    <Shell service={t('moderator.service')}>
      <ForRoles roles={['moderator']}>
        <Router>
          <Route path="/moderator/" component={ReadingsPage} />
          <Route path="/moderator/readings/:readingId" component={ReadingPage} />
          <Route default component={ReadingsPage} />
        </Router>
      </ForRoles>
    </Shell>
  );
}

startPages(<ModeratorPages />);
