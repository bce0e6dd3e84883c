import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { Route, Router, useLocation } from 'preact-iso';
import { publicContract } from '../../functions/http/public/contract.ts';
import { schoolRoles } from '../../functions/shared/access/identity.ts';
import { useApi } from '../shared/api.ts';
import { useLanguage } from '../shared/language.ts';
import { ForRoles, Heading, Shell, startPages } from '../shared/page.tsx';
import { formatDay, Loading } from '../shared/show.tsx';
import { AddressStep, FiguresStep, PhaseStep } from './about-steps.tsx';
import { CheckPage } from './check-page.tsx';
import { AgreeStep, HubStep, LevelStep, PayerStep } from './choice-steps.tsx';
import { DonePage } from './done-page.tsx';
import { DraftsPage } from './drafts-page.tsx';
import { OwnRegistrationPage, OwnRegistrationsPage } from './own-pages.tsx';
import { HeadStep, LeadersStep, YouStep } from './people-steps.tsx';
import { RoundProvider } from './round.ts';
import { SavePage } from './save-page.tsx';
import { SchoolStep } from './school-step.tsx';
import { StartPage } from './start-page.tsx';
import { answer, currentAnswers, useAnswers } from './store.ts';
import { useText } from './texts.ts';

const own = [...schoolRoles, 'hub_leader'] as const;

const stepPages = new Map<string, ComponentType>(
  Object.entries({
    '/register/school': SchoolStep,
    '/register/address': AddressStep,
    '/register/phase': PhaseStep,
    '/register/figures': FiguresStep,
    '/register/you': YouStep,
    '/register/head': HeadStep,
    '/register/leaders': LeadersStep,
    '/register/level': LevelStep,
    '/register/hub': HubStep,
    '/register/payer': PayerStep,
    '/register/agree': AgreeStep,
    '/register/check': CheckPage,
  }),
);

/** The registration of a school: the form in steps for anyone, and what was saved or sent for those signed in. */
function RegisterPages() {
  const t = useText();
  return (
    <Shell service={t('service')}>
      <Router>
        <Route path="/register/drafts" component={SavedForms} />
        <Route path="/register/drafts/:draftId" component={SavedForms} />
        <Route path="/register/registrations" component={SentForms} />
        <Route path="/register/registrations/:registrationId" component={SentForms} />
        <Route path="/register/done" component={DonePage} />
        <Route path="/register/save" component={SavePage} />
        <Route default component={FormPages} />
      </Router>
    </Shell>
  );
}

function SavedForms() {
  return (
    <ForRoles roles={['registrant']}>
      <DraftsPage />
    </ForRoles>
  );
}

function SentForms(props: { registrationId?: string }) {
  return (
    <ForRoles roles={own}>
      {props.registrationId === undefined ? (
        <OwnRegistrationsPage />
      ) : (
        <OwnRegistrationPage registrationId={props.registrationId} />
      )}
    </ForRoles>
  );
}

/** The form, while a round is open; a registration that was sent can be corrected after the round's closing day too. */
function FormPages() {
  const t = useText();
  const language = useLanguage();
  const loaded = useApi(publicContract.getRound);
  const round = loaded.data?.round;
  const { path } = useLocation();
  const { get } = useAnswers();
  // A later step without a school, as after going back from a form that was sent: the form begins anew.
  const tooFar = path !== '/register/school' && get('school.kind') === '';
  const Page = (tooFar ? undefined : stepPages.get(path)) ?? StartPage;
  useEffect(() => {
    if (round && currentAnswers().registrationId === undefined && currentAnswers().roundId !== round.roundId)
      answer({ roundId: round.roundId });
  }, [round?.roundId]);
  return (
    <Loading of={loaded}>
      {(data) =>
        data.round === null ? (
          <>
            <Heading>{t('closed.title')}</Heading>
            <p class="govuk-body">
              {data.next === null
                ? t('closed.none')
                : t('closed.next', {
                    label: data.next.label[language],
                    opens: formatDay(data.next.registrationOpens),
                  })}
            </p>
          </>
        ) : (
          <RoundProvider value={data.round}>
            <Page />
          </RoundProvider>
        )
      }
    </Loading>
  );
}

startPages(<RegisterPages />);
