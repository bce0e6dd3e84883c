import { useState } from 'preact/hooks';
import { adminProgrammeContract } from '../../functions/http/admin/contract.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { call, useApi } from '../shared/api.ts';
import { FocusedHeading } from '../shared/focused-heading.tsx';
import { Button, ErrorSummary, Form, Select, TextInput, useSubmission } from '../shared/forms.tsx';
import { useLanguage } from '../shared/language.ts';
import { Heading } from '../shared/page.tsx';
import { Loading, Notice, Table } from '../shared/show.tsx';
import { type Audience, useAudience } from './audience.ts';
import { CsvImport } from './csv-import.tsx';
import { useRound } from './round-choice.tsx';
import { BackToSetUp } from './set-up-page.tsx';
import { useText } from './texts.ts';

type Funder = RouteResponse<Audience['reads']['listFunders']>['funders'][number];

/** Bodies that pay for places, with the places agreed for each round. */
export function FundersPage() {
  const t = useText();
  const language = useLanguage();
  const { mayAct, reads } = useAudience();
  const funders = useApi(reads.listFunders);
  const { rounds } = useRound();
  const [changed, setChanged] = useState<Funder | undefined>(undefined);
  const [told, setTold] = useState<string | undefined>(undefined);
  const labelOf = (roundId: string): string =>
    rounds.data?.rounds.find((one) => one.roundId === roundId)?.label[language] ?? roundId;
  return (
    <>
      <BackToSetUp />
      {told !== undefined && (
        <Notice key={told} success>
          {told}
        </Notice>
      )}
      <Heading>{t('funders.title')}</Heading>
      {mayAct && (
        <>
          <FunderForm
            key={changed?.funderId ?? ''}
            funder={changed}
            done={async (name) => {
              setChanged(undefined);
              await funders.reload();
              setTold(t('funders.saved', { name }));
            }}
          />
          <CsvImport
            title={t('funders.import')}
            hint={t('funders.import-hint')}
            columns={['funder_id', 'name', 'email', 'round_id', 'places']}
            fileName="funders.csv"
            run={(csv) => call(adminProgrammeContract.importFunders, { body: { csv } })}
            done={funders.reload}
          />
        </>
      )}
      <Loading of={funders}>
        {(data) => (
          <Table
            caption={t('funders.table')}
            head={[t('funders.funder'), t('funders.places'), ...(mayAct ? [t('hubs.change')] : [])]}
            empty={t('funders.none')}
            rows={data.funders.map((funder) => [
              <>
                {funder.name}
                <br />
                <span class="psqm-wrap">{funder.email}</span>
              </>,
              funder.places.map(({ roundId, places, used }) => (
                <div key={roundId}>{t('funders.used', { round: labelOf(roundId), places, used })}</div>
              )),
              ...(mayAct
                ? [
                    <button
                      type="button"
                      class="psqm-link-button"
                      onClick={() => {
                        setChanged(funder);
                        setTold(undefined);
                      }}
                    >
                      {t('funders.change-one')}
                      <span class="govuk-visually-hidden"> {funder.name}</span>
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

function FunderForm(props: { funder: Funder | undefined; done: (name: string) => Promise<void> }) {
  const t = useText();
  const language = useLanguage();
  const { rounds, round } = useRound();
  const { funder } = props;
  const [answers, setAnswers] = useState({
    funderId: funder?.funderId ?? '',
    name: funder?.name ?? '',
    email: funder?.email ?? '',
    roundId: '',
    places: '',
  });
  const submission = useSubmission();
  const set = (change: Partial<typeof answers>): void => setAnswers({ ...answers, ...change });
  const roundId = answers.roundId === '' ? (round?.roundId ?? '') : answers.roundId;
  const save = () =>
    submission.run(async () => {
      await call(adminProgrammeContract.createFunder, {
        body: {
          ...answers,
          roundId,
          places: answers.places.trim() === '' ? Number.NaN : Number(answers.places),
        },
      });
      const { name } = answers;
      setAnswers({ funderId: '', name: '', email: '', roundId: '', places: '' });
      await props.done(name);
    });
  const title = funder === undefined ? t('funders.add') : t('funders.change-title', { name: funder.name });
  return (
    <Form onSubmit={() => void save()} label={title}>
      <FocusedHeading takesFocus={funder !== undefined}>{title}</FocusedHeading>
      <ErrorSummary errors={submission.errors} general={submission.general} />
      <TextInput
        name="name"
        label={t('funders.name')}
        value={answers.name}
        onInput={(name) => set({ name })}
        error={submission.errors.name}
      />
      {funder === undefined && (
        <TextInput
          name="funderId"
          label={t('funders.short-name')}
          hint={t('funders.short-name-hint')}
          width={20}
          value={answers.funderId}
          onInput={(funderId) => set({ funderId })}
          error={submission.errors.funderId}
        />
      )}
      <TextInput
        name="email"
        label={t('funders.email')}
        hint={t('funders.email-hint')}
        type="email"
        value={answers.email}
        onInput={(email) => set({ email })}
        error={submission.errors.email}
      />
      <Select
        name="roundId"
        label={t('round.which')}
        value={roundId}
        onChange={(value) => set({ roundId: value })}
        options={(rounds.data?.rounds ?? []).map((one) => ({
          value: one.roundId,
          label: one.label[language],
        }))}
        error={submission.errors.roundId}
      />
      <TextInput
        name="places"
        label={t('funders.places-agreed')}
        inputMode="numeric"
        width={5}
        value={answers.places}
        onInput={(places) => set({ places })}
        error={submission.errors.places}
      />
      <Button type="submit" disabled={submission.busy}>
        {funder === undefined ? t('funders.add') : t('funders.save')}
      </Button>
    </Form>
  );
}
