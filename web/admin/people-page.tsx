import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { adminProgrammeContract } from '../../functions/http/admin/contract.ts';
import { role, roles } from '../../functions/shared/access/identity.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { call, useApi } from '../shared/api.ts';
import { Button, Form, Select, TextInput } from '../shared/forms.tsx';
import { Heading } from '../shared/page.tsx';
import { ReasonForm } from '../shared/reason-form.tsx';
import { Details, Loading, Notice, Table, Tag } from '../shared/show.tsx';
import { type Audience, useAudience } from './audience.ts';
import { CorrectPerson } from './correct-person.tsx';
import { CsvImport } from './csv-import.tsx';
import { PersonForm } from './person-form.tsx';
import { BackToSetUp } from './set-up-page.tsx';
import { useText } from './texts.ts';

type Person = RouteResponse<Audience['reads']['listPeople']>['people'][number];
const FIRST_ROWS = 50;

/** People with their roles: add one, end a role, or take many from a file. */
export function PeoplePage() {
  const t = useText();
  const { mayAct, reads, base } = useAudience();
  const { query, route } = useLocation();
  const asked = role.safeParse(query.role).data;
  const q = query.q ?? '';
  const people = useApi(reads.listPeople, { query: { role: asked, q } });
  const [typed, setTyped] = useState<{ q: string; role: string }>({ q, role: asked ?? '' });
  const [all, setAll] = useState(false);
  const [told, setTold] = useState<string | undefined>(undefined);
  const done = async (message: string): Promise<void> => {
    await people.reload();
    setTold(message);
  };
  return (
    <>
      <BackToSetUp />
      {told !== undefined && (
        <Notice key={told} success>
          {told}
        </Notice>
      )}
      <Heading>{t('people.title')}</Heading>
      {mayAct && (
        <>
          <PersonForm done={(name) => done(t('people.added', { name }))} />
          <CsvImport
            title={t('people.import')}
            hint={t('people.import-hint')}
            columns={[
              'email',
              'name',
              'role',
              'language',
              'hub_ids',
              'funder_ids',
              'employer',
              'levels',
              'languages',
              'capacity',
              'new',
            ]}
            fileName="people.csv"
            run={(csv) => call(adminProgrammeContract.importPeople, { body: { csv } })}
            done={people.reload}
          />
        </>
      )}
      <h2 class="govuk-heading-m">{t('people.find')}</h2>
      <Form onSubmit={() => route(`${base}/people?${new URLSearchParams(typed)}`)} label={t('people.find')}>
        <TextInput
          name="q"
          type="search"
          label={t('people.words')}
          width={20}
          value={typed.q}
          onInput={(value) => setTyped({ ...typed, q: value })}
        />
        <Select
          name="search-role"
          label={t('people.role')}
          value={typed.role}
          onChange={(value) => setTyped({ ...typed, role: value })}
          options={[
            { value: '', label: t('people.any-role') },
            ...roles.map((value) => ({ value, label: t(`role.${value}`) })),
          ]}
        />
        <Button type="submit" secondary>
          {t('people.find')}
        </Button>
      </Form>
      <Loading of={people}>
        {(data) => (
          <>
            <Table
              caption={t('people.table', { count: data.people.length })}
              head={[
                t('people.person'),
                t('people.roles'),
                t('people.more'),
                ...(mayAct ? [t('people.end')] : []),
              ]}
              empty={t('people.none')}
              rows={data.people.slice(0, all ? undefined : FIRST_ROWS).map((person) => [
                <>
                  {person.name}
                  <br />
                  <span class="psqm-wrap">{person.email}</span>
                </>,
                <Roles person={person} />,
                <More person={person} />,
                ...(mayAct
                  ? [
                      <>
                        <CorrectPerson
                          key={`${person.personId} ${person.name} ${person.email}`}
                          person={person}
                          done={done}
                        />
                        <EndRoles person={person} done={done} />
                      </>,
                    ]
                  : []),
              ])}
            />
            {!all && data.people.length > FIRST_ROWS && (
              <Button secondary onClick={() => setAll(true)}>
                {t('people.show-all', { count: data.people.length })}
              </Button>
            )}
          </>
        )}
      </Loading>
    </>
  );
}

function Roles({ person }: { person: Person }) {
  const t = useText();
  if (person.status === 'ENDED') return <Tag colour="grey">{t('people.ended')}</Tag>;
  return (
    <>
      {person.roles.map((one) => (
        <div key={one}>{t(`role.${one}`)}</div>
      ))}
    </>
  );
}

function More({ person }: { person: Person }) {
  const t = useText();
  const facts = [
    ...(person.hubIds.length === 0 ? [] : [t('people.leads', { hubs: person.hubIds.join(', ') })]),
    ...(person.funderIds.length === 0
      ? []
      : [t('people.speaks-for', { funders: person.funderIds.join(', ') })]),
    ...(person.assessor === null
      ? []
      : [
          t('people.reads', { levels: person.assessor.levels.map((one) => t(`level.${one}`)).join(', ') }),
          ...(person.assessor.employer === '' ? [] : [person.assessor.employer]),
          ...(person.assessor.isNew ? [t('people.is-new')] : []),
        ]),
  ];
  return (
    <>
      {facts.map((fact) => (
        <div key={fact}>{fact}</div>
      ))}
    </>
  );
}

function EndRoles({ person, done }: { person: Person; done: (message: string) => Promise<void> }) {
  const t = useText();
  if (person.status === 'ENDED') return null;
  return (
    <>
      {person.roles.map((one) => {
        const words = { role: t(`role.${one}`), name: person.name };
        return (
          <Details key={one} summary={t('people.end-role', words)}>
            <ReasonForm
              name={`${person.personId}.${one}`}
              label={t('people.end-role-of', words)}
              button={t('people.end-role-of', words)}
              warning
              run={async (reason) => {
                await call(adminProgrammeContract.endRole, {
                  params: { personId: person.personId },
                  body: { role: one, reason },
                });
                await done(t('people.role-ended', words));
              }}
            />
          </Details>
        );
      })}
    </>
  );
}
