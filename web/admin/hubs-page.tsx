import { useState } from 'preact/hooks';
import { adminProgrammeContract } from '../../functions/http/admin/contract.ts';
import { language } from '../../functions/shared/access/identity.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { call, useApi } from '../shared/api.ts';
import { FocusedHeading } from '../shared/focused-heading.tsx';
import { Button, Choices, ErrorSummary, Form, TextInput, useSubmission } from '../shared/forms.tsx';
import { Heading } from '../shared/page.tsx';
import { Loading, Notice, Table, Tag } from '../shared/show.tsx';
import { type Audience, useAudience } from './audience.ts';
import { CsvImport } from './csv-import.tsx';
import { BackToSetUp } from './set-up-page.tsx';
import { useText } from './texts.ts';

type Hub = RouteResponse<Audience['reads']['listHubs']>['hubs'][number];

const empty = {
  hubId: '',
  name: '',
  region: '',
  postcodeAreas: '',
  languages: ['en'],
  capacity: '',
  active: true,
};
type HubAnswers = typeof empty;

/** The programme's hubs: add one, change one, or take many from a file. */
export function HubsPage() {
  const t = useText();
  const { mayAct, reads } = useAudience();
  const hubs = useApi(reads.listHubs, {});
  const [changed, setChanged] = useState<Hub | undefined>(undefined);
  const [told, setTold] = useState<string | undefined>(undefined);
  return (
    <>
      <BackToSetUp />
      {told !== undefined && (
        <Notice key={told} success>
          {told}
        </Notice>
      )}
      <Heading>{t('hubs.title')}</Heading>
      {mayAct && (
        <>
          <HubForm
            key={changed?.hubId ?? ''}
            hub={changed}
            done={async (name) => {
              setChanged(undefined);
              await hubs.reload();
              setTold(t('hubs.saved', { name }));
            }}
          />
          <CsvImport
            title={t('hubs.import')}
            hint={t('hubs.import-hint')}
            columns={['hub_id', 'name', 'region', 'postcode_areas', 'languages', 'capacity']}
            fileName="hubs.csv"
            run={(csv) => call(adminProgrammeContract.importHubs, { body: { csv } })}
            done={hubs.reload}
          />
        </>
      )}
      <Loading of={hubs}>
        {(data) => (
          <Table
            caption={t('hubs.table', { count: data.hubs.length })}
            head={[
              t('hubs.hub'),
              t('hubs.serves'),
              t('hubs.languages'),
              t('hubs.leaders'),
              t('hubs.room'),
              ...(mayAct ? [t('hubs.change')] : []),
            ]}
            empty={t('hubs.none')}
            rows={data.hubs.map((hub) => [
              <>
                {hub.name}
                <br />
                <span class="govuk-hint">{hub.hubId}</span>
                {!hub.active && <Tag colour="grey">{t('hubs.inactive')}</Tag>}
              </>,
              <>
                {hub.region}
                <br />
                {hub.postcodeAreas.join(' ')}
              </>,
              hub.languages.map((one) => t(`language.${one}`)).join(', '),
              hub.leaders.length === 0
                ? t('hubs.no-leader')
                : hub.leaders.map((leader) => <div key={leader.personId}>{leader.name}</div>),
              t('hubs.placed', { placed: hub.placed, room: hub.room }),
              ...(mayAct
                ? [
                    <button
                      type="button"
                      class="psqm-link-button"
                      onClick={() => {
                        setChanged(hub);
                        setTold(undefined);
                      }}
                    >
                      {t('hubs.change-one')}
                      <span class="govuk-visually-hidden"> {hub.name}</span>
                    </button>,
                  ]
                : []),
            ])}
          />
        )}
      </Loading>
    </>
  );
}

function HubForm(props: { hub: Hub | undefined; done: (name: string) => Promise<void> }) {
  const t = useText();
  const { hub } = props;
  const [answers, setAnswers] = useState<HubAnswers>(
    hub === undefined
      ? empty
      : {
          ...hub,
          postcodeAreas: hub.postcodeAreas.join(' '),
          capacity: hub.capacity === null ? '' : String(hub.capacity),
        },
  );
  const submission = useSubmission();
  const set = (change: Partial<HubAnswers>): void => setAnswers({ ...answers, ...change });
  const save = () =>
    submission.run(async () => {
      const { capacity, postcodeAreas, languages, ...rest } = answers;
      await call(adminProgrammeContract.createHub, {
        body: {
          ...rest,
          postcodeAreas: postcodeAreas
            .toUpperCase()
            .split(/[\s,]+/)
            .filter((area) => area !== ''),
          languages: language.options.filter((one) => languages.includes(one)),
          capacity: capacity.trim() === '' ? null : Number(capacity),
        },
      });
      const { name } = answers;
      setAnswers(empty);
      await props.done(name);
    });
  const title = hub === undefined ? t('hubs.add') : t('hubs.change-title', { name: hub.name });
  return (
    <Form onSubmit={() => void save()} label={title}>
      <FocusedHeading takesFocus={hub !== undefined}>{title}</FocusedHeading>
      <ErrorSummary errors={submission.errors} general={submission.general} />
      <TextInput
        name="name"
        label={t('hubs.name')}
        value={answers.name}
        onInput={(name) => set({ name })}
        error={submission.errors.name}
      />
      {hub === undefined && (
        <TextInput
          name="hubId"
          label={t('hubs.short-name')}
          hint={t('hubs.short-name-hint')}
          width={20}
          value={answers.hubId}
          onInput={(hubId) => set({ hubId })}
          error={submission.errors.hubId}
        />
      )}
      <TextInput
        name="region"
        label={t('hubs.region')}
        width={20}
        value={answers.region}
        onInput={(region) => set({ region })}
        error={submission.errors.region}
      />
      <TextInput
        name="postcodeAreas"
        label={t('hubs.areas')}
        hint={t('hubs.areas-hint')}
        width={20}
        value={answers.postcodeAreas}
        onInput={(postcodeAreas) => set({ postcodeAreas })}
        error={submission.errors.postcodeAreas}
      />
      <Choices
        multiple
        inline
        name="languages"
        label={t('hubs.session-languages')}
        options={language.options.map((value) => ({ value, label: t(`language.${value}`) }))}
        value={answers.languages}
        onChange={(languages) => set({ languages })}
        error={submission.errors.languages}
      />
      <TextInput
        name="capacity"
        label={t('hubs.capacity')}
        hint={t('hubs.capacity-hint')}
        inputMode="numeric"
        width={4}
        value={answers.capacity}
        onInput={(capacity) => set({ capacity })}
        error={submission.errors.capacity}
      />
      {hub !== undefined && (
        <Choices
          name="active"
          label={t('hubs.takes-schools')}
          inline
          options={[
            { value: 'yes', label: t('yes') },
            { value: 'no', label: t('no') },
          ]}
          value={[answers.active ? 'yes' : 'no']}
          onChange={([value]) => set({ active: value === 'yes' })}
        />
      )}
      <Button type="submit" disabled={submission.busy}>
        {hub === undefined ? t('hubs.add') : t('hubs.save')}
      </Button>
    </Form>
  );
}
