import { publicContract } from '../../functions/http/public/contract.ts';
import { levels } from '../../functions/programme/model.ts';
import cy from '../../programme/texts/pages-home/cy.json' with { type: 'json' };
import en from '../../programme/texts/pages-home/en.json' with { type: 'json' };
import { useApi } from '../shared/api.ts';
import { createPageTexts, useLanguage } from '../shared/language.ts';
import { Heading, Shell, startPages } from '../shared/page.tsx';
import { type Me, useMe } from '../shared/session.ts';
import { formatDay, formatPence } from '../shared/show.tsx';

const useText = createPageTexts({ en, cy });

/** The first page: a person's own tasks once signed in, else what the programme is and how to take part. */
function HomePage() {
  const t = useText();
  const me = useMe();
  return (
    <Shell service={t('service')}>
      {me?.identity ? (
        <MyTasks name={me.identity.name} tasks={me.tasks} />
      ) : (
        <>
          <Heading>{t('title')}</Heading>
          <p class="govuk-body-l">{t('lead')}</p>
          <RegisterSchool />
          <h2 class="govuk-heading-m">{t('what.title')}</h2>
          <ol class="govuk-list govuk-list--number govuk-list--spaced">
            {['1', '2', '3', '4'].map((step) => (
              <li key={step}>{t(`what.${step}`)}</li>
            ))}
          </ol>
          <h2 class="govuk-heading-m">{t('levels.title')}</h2>
          <ul class="govuk-list govuk-list--bullet">
            {levels.map((level) => (
              <li key={level}>{t(`levels.${level}`)}</li>
            ))}
          </ul>
          <h2 class="govuk-heading-m">{t('more.title')}</h2>
          <More signedIn={false} />
        </>
      )}
    </Shell>
  );
}

/** Whether a round is open, what it costs, and the way to the form. */
function RegisterSchool() {
  const t = useText();
  const language = useLanguage();
  const { data } = useApi(publicContract.getRound);
  const round = data?.round;
  const next = data?.next;
  return (
    <>
      {round ? (
        <p class="govuk-body">
          {t('round.open', { label: round.label[language], closes: formatDay(round.registrationCloses) })}{' '}
          {t('round.fee', {
            standard: formatPence(round.fees.standardPence),
            small: formatPence(round.fees.smallPence),
            pupils: round.fees.smallMaximumPupils,
          })}
        </p>
      ) : (
        data !== undefined && (
          <p class="govuk-body">
            {next
              ? t('round.next', { label: next.label[language], opens: formatDay(next.registrationOpens) })
              : t('round.none')}
          </p>
        )
      )}
      <a href="/register/" class="govuk-button govuk-button--start">
        {t('register.button')}
      </a>
      <p class="govuk-body">{t('register.time')}</p>
    </>
  );
}

function MyTasks(props: { name: string; tasks: Me['tasks'] }) {
  const t = useText();
  // Several roles may lead to the same page: it is named by the first of them.
  const tasks = props.tasks.filter(
    (task, index) => props.tasks.findIndex((other) => other.path === task.path) === index,
  );
  return (
    <>
      <Heading>{t('mine.title', { name: props.name })}</Heading>
      {tasks.length === 0 ? (
        <p class="govuk-body">{t('mine.none')}</p>
      ) : (
        <>
          <h2 class="govuk-heading-m">{t('mine.go-on')}</h2>
          <ul class="govuk-list govuk-list--spaced">
            {tasks.map((task) => (
              <li key={task.path}>
                <a class="govuk-link govuk-!-font-size-24" href={task.path}>
                  {t(`task.${task.role}`)}
                </a>
              </li>
            ))}
          </ul>
        </>
      )}
      <h2 class="govuk-heading-m">{t('mine.other')}</h2>
      <More signedIn />
    </>
  );
}

function More(props: { signedIn: boolean }) {
  const t = useText();
  const items = [
    ...(props.signedIn
      ? [{ href: '/register/', title: t('register.button'), text: t('register.time') }]
      : [{ href: '/sign-in/', title: t('more.sign-in'), text: t('more.sign-in-text') }]),
    { href: '/register/drafts', title: t('more.drafts'), text: t('more.drafts-text') },
    { href: '/verify/', title: t('more.verify'), text: t('more.verify-text') },
    { href: '/awards/', title: t('more.awards'), text: t('more.awards-text') },
  ];
  return (
    <ul class="govuk-list govuk-list--spaced">
      {items.map((item) => (
        <li key={item.href}>
          <a class="govuk-link" href={item.href}>
            {item.title}
          </a>
          <br />
          {item.text}
        </li>
      ))}
    </ul>
  );
}

startPages(<HomePage />);
