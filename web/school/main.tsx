import { Route, Router } from 'preact-iso';
import { schoolContract } from '../../functions/http/school/contract.ts';
import { schoolRoles } from '../../functions/shared/access/identity.ts';
import { useApi } from '../shared/api.ts';
import { ForRoles, Heading, Shell, startPages } from '../shared/page.tsx';
import { Loading } from '../shared/show.tsx';
import { AppealPage } from './appeal-page.tsx';
import { DeclarationPage } from './declaration-page.tsx';
import { InvoicesPage } from './invoices-page.tsx';
import { NextStep } from './next-step.tsx';
import { PeoplePage } from './people-page.tsx';
import { ReflectionPage } from './reflection-page.tsx';
import { RegistrationPage } from './registration-page.tsx';
import { SubmissionPage } from './submission-page.tsx';
import { useText } from './texts.ts';
import { TrainingPage } from './training-page.tsx';
import { WithdrawPage } from './withdraw-page.tsx';

/** The school's pages; their main task: see what is next and by when, and do it. */
function SchoolPages() {
  const t = useText();
  const at = '/school/registrations/:registrationId';
  return (
    <Shell service={t('service')}>
      <ForRoles roles={schoolRoles}>
        <Router>
          <Route path={at} component={RegistrationPage} />
          <Route path={`${at}/training`} component={TrainingPage} />
          <Route path={`${at}/submission`} component={SubmissionPage} />
          <Route path={`${at}/reflections/:criterionId`} component={ReflectionPage} />
          <Route path={`${at}/declaration`} component={DeclarationPage} />
          <Route path={`${at}/people`} component={PeoplePage} />
          <Route path={`${at}/invoices`} component={InvoicesPage} />
          <Route path={`${at}/appeal`} component={AppealPage} />
          <Route path={`${at}/withdraw`} component={WithdrawPage} />
          <Route default component={RegistrationsPage} />
        </Router>
      </ForRoles>
    </Shell>
  );
}

/** My registrations: the one there is, or each with what is next for it. */
function RegistrationsPage() {
  const t = useText();
  const mine = useApi(schoolContract.myRegistrations);
  return (
    <Loading of={mine}>
      {({ registrations }) => {
        const [only] = registrations;
        if (only !== undefined && registrations.length === 1)
          return <RegistrationPage registrationId={only.registrationId} />;
        return (
          <>
            <Heading>{t('list.title')}</Heading>
            {registrations.length === 0 && (
              <p class="govuk-body">
                {t('list.none')}{' '}
                <a class="govuk-link" href="/register/">
                  {t('list.register')}
                </a>
              </p>
            )}
            {registrations.map((each) => (
              <section key={each.registrationId} class="psqm-criterion">
                <h2 class="govuk-heading-m">
                  <a class="govuk-link" href={`/school/registrations/${each.registrationId}`}>
                    {each.schoolName}
                  </a>
                </h2>
                <p class="govuk-body">
                  {each.roundLabel}, {t(`level.${each.targetLevel}`)}: {each.statusText}
                </p>
                <NextStep next={each.next} level="h3" />
              </section>
            ))}
          </>
        );
      }}
    </Loading>
  );
}

startPages(<SchoolPages />);
