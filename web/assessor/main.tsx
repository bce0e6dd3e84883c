import { Route, Router } from 'preact-iso';
import { ForRoles, Shell, startPages } from '../shared/page.tsx';
import { useReadingText } from '../shared/review.tsx';
import { AssignmentPage } from './assignment-page.tsx';
import { AssignmentsPage } from './assignments-page.tsx';
import { ConflictsPage } from './conflicts-page.tsx';

/** The assessor's pages; their main task: answer an offer, read, judge and return. */
function AssessorPages() {
  const t = useReadingText();
  return (
    <Shell
      service={t('assessor.service')}
      navigation={[
        { href: '/assessor/', label: t('assessor.assignments') },
        { href: '/assessor/conflicts', label: t('assessor.conflicts') },
      ]}
    >
      <ForRoles roles={['assessor']}>
        <Router>
          <Route path="/assessor/" component={AssignmentsPage} />
          <Route path="/assessor/conflicts" component={ConflictsPage} />
          <Route path="/assessor/assignments/:assignmentId" component={AssignmentPage} />
          <Route default component={AssignmentsPage} />
        </Router>
      </ForRoles>
    </Shell>
  );
}

startPages(<AssessorPages />);
