import { useEffect, useMemo, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { adminCourseContract } from '../../functions/http/admin/contract.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { call, useApi } from '../shared/api.ts';
import { Button } from '../shared/forms.tsx';
import { Heading } from '../shared/page.tsx';
import { ReasonForm } from '../shared/reason-form.tsx';
import { Details, formatInstant, Loading, Notice, SummaryList, Table } from '../shared/show.tsx';
import { type Audience, useAudience } from './audience.ts';
import { conditionWords, MachineDrawing } from './machine-drawing.tsx';
import { allStates, allTransitions, machineGraph } from './machine-graph.ts';
import { Payload, RunEvents } from './run-events.tsx';
import { nameOfExecution, RunTag } from './runs-page.tsx';
import { useText, useWords } from './texts.ts';

export type Run = RouteResponse<Audience['reads']['readRun']>;

const REFRESH_MS = 4000;

/** One execution: how it stands, what it waits for, its machine as a graph, its events. */
export function RunPage() {
  const { reads } = useAudience();
  const { query } = useLocation();
  const executionArn = query.execution ?? '';
  const run = useApi(reads.readRun, { query: { executionArn } });
  return (
    <Loading of={run}>{(data) => <RunView key={data.executionArn} run={data} reload={run.reload} />}</Loading>
  );
}

function RunView({ run, reload }: { run: Run; reload: () => Promise<void> }) {
  const t = useText();
  const { base, mayAct } = useAudience();
  const [selected, setSelected] = useState<string | undefined>(undefined);
  const [told, setTold] = useState<string | undefined>(undefined);
  const [live, setLive] = useState(true);
  const goesOn = run.status === 'RUNNING';
  useEffect(() => {
    if (!goesOn || !live) return undefined;
    const timer = setInterval(() => void reload(), REFRESH_MS);
    return () => clearInterval(timer);
  }, [goesOn, live, reload]);
  const graph = useMemo(() => machineGraph(run.definition), [run.definition]);
  const workflow = t(`workflow.${run.workflow}`);
  return (
    <>
      <a class="govuk-back-link" href={`${base}/runs?machine=${run.workflow}`}>
        {t('run.back', { workflow })}
      </a>
      {told !== undefined && (
        <Notice key={told} success>
          {told}
        </Notice>
      )}
      <Heading caption={workflow}>{run.subject ?? nameOfExecution(run.executionArn)}</Heading>
      <HowItStands run={run} />
      {goesOn && (
        <Button secondary onClick={() => setLive(!live)}>
          {t(live ? 'run.stop-refreshing' : 'run.refresh')}
        </Button>
      )}
      <MachineDrawing graph={graph} states={run.states} selected={selected} onSelect={setSelected} />
      <Details summary={t('machine.as-list')}>
        <StateList run={run} graph={graph} />
      </Details>
      <RunEvents run={run} selected={selected} onShowAll={() => setSelected(undefined)} />
      {mayAct && goesOn && (
        <>
          <h2 class="govuk-heading-m">{t('run.stop-title')}</h2>
          <p class="govuk-body">{t('run.stop-hint')}</p>
          <ReasonForm
            name="stop"
            label={t('run.stop-title')}
            button={t('run.stop')}
            warning
            run={async (reason) => {
              await call(adminCourseContract.stopRun, { body: { executionArn: run.executionArn, reason } });
              await reload();
              setTold(t('run.stopped'));
            }}
          />
        </>
      )}
    </>
  );
}

function HowItStands({ run }: { run: Run }) {
  const t = useText();
  const words = useWords();
  const { base } = useAudience();
  // What a run that was stopped waited for stays on record; nothing waits any more.
  const wait = run.status === 'RUNNING' ? run.wait : null;
  const waitingFor = wait === null ? undefined : words('waits', wait.waitingFor);
  const deadline = wait === null ? undefined : words('dates', wait.deadline);
  return (
    <SummaryList
      rows={[
        { key: t('runs.status'), value: <RunTag status={run.status} /> },
        ...(wait === null
          ? []
          : [
              {
                key: t('waits.for'),
                value: <strong lang={waitingFor?.lang}>{waitingFor?.text}</strong>,
              },
              {
                key: t('waits.until'),
                value: (
                  <>
                    {formatInstant(wait.until)} (<span lang={deadline?.lang}>{deadline?.text}</span>)
                  </>
                ),
              },
            ]),
        ...(run.registrationId === null
          ? []
          : [
              {
                key: t('run.about'),
                value: (
                  <a class="govuk-link" href={`${base}/schools/${run.registrationId}`}>
                    {run.subject}
                  </a>
                ),
              },
            ]),
        { key: t('runs.began'), value: formatInstant(run.startedAt) },
        {
          key: t('runs.ended'),
          value: run.stoppedAt === null ? t('runs.goes-on') : formatInstant(run.stoppedAt),
        },
        ...(run.error === null
          ? []
          : [
              {
                key: t('run.error'),
                value: (
                  <span lang="en" class="psqm-wrap">
                    {run.error}
                    {run.cause === null ? '' : `: ${run.cause}`}
                  </span>
                ),
              },
            ]),
        {
          key: t('run.name'),
          value: (
            <code class="psqm-wrap" lang="en">
              {run.executionArn}
            </code>
          ),
        },
        ...(run.input === null ? [] : [payloadRow(t('run.input'), t('run.show'), run.input)]),
        ...(run.output === null ? [] : [payloadRow(t('run.output'), t('run.show'), run.output)]),
      ]}
    />
  );
}

const payloadRow = (key: string, summary: string, text: string) => ({
  key,
  value: (
    <Details summary={summary}>
      <Payload text={text} />
    </Details>
  ),
});

/** The graph in words: each state with how it stands and where it leads. */
function StateList({ run, graph }: { run: Run; graph: ReturnType<typeof machineGraph> }) {
  const t = useText();
  const now = new Map(run.states.map((one) => [one.name, one]));
  const transitions = Map.groupBy(allTransitions(graph), ({ from }) => from);
  return (
    <Table
      caption={t('machine.list')}
      head={[t('machine.state'), t('machine.kind'), t('machine.stands'), t('machine.leads-to')]}
      rows={allStates(graph).map((state) => [
        <>
          <span lang="en">{state.name}</span>
          {state.comment !== '' && (
            <>
              <br />
              <span class="govuk-hint" lang="en">
                {state.comment}
              </span>
            </>
          )}
        </>,
        t(`machine.type.${state.type}`),
        conditionWords(t, now.get(state.name)),
        (transitions.get(state.name) ?? []).map((one, index) => (
          <div key={`${one.to}${index}`}>
            <span lang="en">{one.to}</span>
            {one.kind === 'default' && <> ({t('machine.otherwise')})</>}
            {one.kind === 'choice' && (
              <>
                {' '}
                (<code lang="en">{one.why}</code>)
              </>
            )}
            {one.kind === 'error' && <> ({t('machine.on-error', { errors: one.why })})</>}
          </div>
        )),
      ])}
    />
  );
}
