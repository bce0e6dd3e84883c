import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { registrationStatus } from '../../functions/registration/model.ts';
import { useApi } from '../shared/api.ts';
import { Button, Form, Select, TextInput } from '../shared/forms.tsx';
import { useLanguage } from '../shared/language.ts';
import { Heading } from '../shared/page.tsx';
import { formatDay, Loading, Table } from '../shared/show.tsx';
import { useAudience } from './audience.ts';
import { RoundChoice, useRound } from './round-choice.tsx';
import { StatusTag } from './status.tsx';
import { useText } from './texts.ts';

/** Rows shown at once: a round has some 600 schools. */
const FIRST_ROWS = 100;

/** The registrations of a round; the search is in the address, so that a list can be passed on. */
export function SchoolsPage() {
  const t = useText();
  const language = useLanguage();
  const { rounds, round } = useRound();
  return (
    <>
      <Heading caption={round?.label[language]}>{t('schools.title')}</Heading>
      <Loading of={rounds}>
        {(data) =>
          round === undefined ? (
            <p class="govuk-body">{t('board.no-round')}</p>
          ) : (
            <>
              <SchoolList roundId={round.roundId} />
              <RoundChoice rounds={data.rounds} roundId={round.roundId} />
            </>
          )
        }
      </Loading>
    </>
  );
}

function SchoolList({ roundId }: { roundId: string }) {
  const t = useText();
  const { reads, base } = useAudience();
  const { query, route } = useLocation();
  const status = registrationStatus.safeParse(query.status).data;
  const q = query.q ?? '';
  const [typed, setTyped] = useState({ q, status: status ?? '' });
  const [all, setAll] = useState(false);
  useEffect(() => {
    setTyped({ q, status: status ?? '' });
    setAll(false);
  }, [q, status]);
  const found = useApi(reads.listRegistrations, { params: { roundId }, query: { q, status } });
  const search = (): void =>
    route(`${base}/schools?${new URLSearchParams({ round: roundId, q: typed.q, status: typed.status })}`);
  return (
    <>
      <Form onSubmit={search} label={t('schools.search')}>
        <TextInput
          name="q"
          type="search"
          label={t('schools.words')}
          hint={t('schools.words-hint')}
          value={typed.q}
          onInput={(value) => setTyped({ ...typed, q: value })}
          width={20}
        />
        <Select
          name="status"
          label={t('schools.status')}
          value={typed.status}
          onChange={(value) => setTyped({ ...typed, status: registrationStatus.safeParse(value).data ?? '' })}
          options={[
            { value: '', label: t('schools.any-status') },
            ...registrationStatus.options.map((value) => ({ value, label: t(`status.${value}`) })),
          ]}
        />
        <Button type="submit">{t('schools.search')}</Button>
      </Form>
      <Loading of={found}>
        {(data) => (
          <>
            <p class="govuk-body" role="status">
              {t('schools.found', { count: data.registrations.length })}
            </p>
            <Table
              caption={t('schools.table')}
              head={[t('schools.school'), t('schools.reference'), t('schools.level'), t('schools.status')]}
              empty={t('schools.none')}
              rows={data.registrations.slice(0, all ? undefined : FIRST_ROWS).map((one) => [
                <>
                  <a class="govuk-link" href={`${base}/schools/${one.registrationId}`}>
                    {one.schoolName}
                  </a>
                  <br />
                  {one.town}
                </>,
                one.reference,
                t(`level.${one.awardedLevel ?? one.targetLevel}`),
                <>
                  <StatusTag status={one.status} />
                  <br />
                  <span class="govuk-hint">{t('schools.since', { when: formatDay(one.statusSince) })}</span>
                </>,
              ])}
            />
            {!all && data.registrations.length > FIRST_ROWS && (
              <Button secondary onClick={() => setAll(true)}>
                {t('schools.show-all', { count: data.registrations.length })}
              </Button>
            )}
          </>
        )}
      </Loading>
    </>
  );
}
