import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { runStatus } from '../../functions/http/admin/reads.ts';
import { type WorkflowName, workflows } from '../../functions/shared/events/catalogue.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { call, useApi } from '../shared/api.ts';
import { Button, ErrorSummary, Form, Select, useSubmission } from '../shared/forms.tsx';
import { Heading } from '../shared/page.tsx';
import { formatInstant, Loading, Table, Tag, type TagColour } from '../shared/show.tsx';
import { type Audience, useAudience } from './audience.ts';
import { useText } from './texts.ts';

type RunRow = RouteResponse<Audience['reads']['listRuns']>['runs'][number];

/** Address of the page of one execution. */
export const runAddress = (base: Audience['base'], executionArn: string): string =>
  `${base}/run?execution=${encodeURIComponent(executionArn)}`;

function colourOf(status: RunRow['status']): TagColour {
  switch (status) {
    case 'RUNNING':
    case 'PENDING_REDRIVE':
      return 'blue';
    case 'SUCCEEDED':
      return 'green';
    case 'FAILED':
    case 'TIMED_OUT':
      return 'red';
    case 'ABORTED':
      return 'orange';
  }
}

/** How a run stands, in words. */
export function RunTag({ status }: { status: RunRow['status'] }) {
  const t = useText();
  return <Tag colour={colourOf(status)}>{t(`run-status.${status}`)}</Tag>;
}

const asWorkflow = (name: string | undefined): WorkflowName | undefined =>
  workflows.find((one) => one === name);

/** Executions of one machine, newest first, by how they stand; the choice is in the address. */
export function RunsPage() {
  const t = useText();
  const { base, reads } = useAudience();
  const { query, route } = useLocation();
  const workflow = asWorkflow(query.machine) ?? 'registration';
  const status = runStatus.safeParse(query.status).data;
  const [chosen, setChosen] = useState<{ workflow: string; status: string }>({
    workflow,
    status: status ?? '',
  });
  useEffect(() => setChosen({ workflow, status: status ?? '' }), [workflow, status]);
  const first = useApi(reads.listRuns, { query: { workflow, status } });
  const show = (): void =>
    route(`${base}/runs?${new URLSearchParams({ machine: chosen.workflow, status: chosen.status })}`);
  return (
    <>
      <Heading>{t('runs.title')}</Heading>
      <Form onSubmit={show} label={t('runs.show')}>
        <Select
          name="workflow"
          label={t('runs.machine')}
          value={chosen.workflow}
          onChange={(value) => setChosen({ ...chosen, workflow: value })}
          options={workflows.map((value) => ({ value, label: t(`workflow.${value}`) }))}
        />
        <Select
          name="status"
          label={t('runs.status')}
          value={chosen.status}
          onChange={(value) => setChosen({ ...chosen, status: value })}
          options={[
            { value: '', label: t('runs.any-status') },
            ...runStatus.options.map((value) => ({ value, label: t(`run-status.${value}`) })),
          ]}
        />
        <Button type="submit">{t('runs.show')}</Button>
      </Form>
      <Loading of={first}>
        {(data) => (
          <RunList
            key={`${workflow} ${status ?? ''} ${data.runs[0]?.executionArn ?? ''}`}
            workflow={workflow}
            status={status}
            first={data}
          />
        )}
      </Loading>
    </>
  );
}

function RunList(props: {
  workflow: WorkflowName;
  status: RunRow['status'] | undefined;
  first: { runs: RunRow[]; next: string | null };
}) {
  const t = useText();
  const { base, reads } = useAudience();
  const [more, setMore] = useState<{ runs: RunRow[]; next: string | null }>({
    runs: [],
    next: props.first.next,
  });
  const submission = useSubmission();
  const runs = [...props.first.runs, ...more.runs];
  const { workflow, status } = props;
  const loadMore = () =>
    submission.run(async () => {
      const page = await call(reads.listRuns, {
        query: { workflow, status, next: more.next ?? undefined },
      });
      setMore({ runs: [...more.runs, ...page.runs], next: page.next });
    });
  return (
    <>
      <Table
        caption={t('runs.table', { workflow: t(`workflow.${workflow}`) })}
        head={[t('runs.began'), t('runs.ended'), t('runs.status'), t('runs.run')]}
        empty={t('runs.none')}
        rows={runs.map((run) => [
          formatInstant(run.startedAt),
          run.stoppedAt === null ? t('runs.goes-on') : formatInstant(run.stoppedAt),
          <RunTag status={run.status} />,
          <a class="govuk-link psqm-wrap" href={runAddress(base, run.executionArn)}>
            {nameOfExecution(run.executionArn)}
          </a>,
        ])}
      />
      <ErrorSummary errors={submission.errors} general={submission.general} />
      {more.next !== null && (
        <Button secondary disabled={submission.busy} onClick={() => void loadMore()}>
          {t('runs.more')}
        </Button>
      )}
    </>
  );
}

/** The last part of an execution's ARN. */
export const nameOfExecution = (executionArn: string): string =>
  executionArn.split(':').at(-1) ?? executionArn;
