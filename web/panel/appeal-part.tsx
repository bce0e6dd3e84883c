import { useState } from 'preact/hooks';
import { appealsContract } from '../../functions/http/appeals/contract.ts';
import type { panelContract } from '../../functions/http/panel/contract.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { call, useApi } from '../shared/api.ts';
import { Button, Choices, ErrorSummary, Form, TextArea, useSubmission } from '../shared/forms.tsx';
import { useLanguage } from '../shared/language.ts';
import { type Outcome, OutcomeChoice } from '../shared/outcome-choice.tsx';
import { useMe } from '../shared/session.ts';
import { formatDay, Loading, SummaryList } from '../shared/show.tsx';
import { outcomeWords } from './outcome-list.tsx';
import { useText } from './texts.ts';

type Seen = RouteResponse<typeof appealsContract.readAppeal>;
type Case = RouteResponse<typeof panelContract.readCase>;

/** The appeal against a released result: what the school says, and the decision of members who had no part in the case. */
export function AppealPart({ data }: { data: Case }) {
  const t = useText();
  const language = useLanguage();
  const me = useMe()?.identity ?? undefined;
  const { registrationId } = data;
  const seen = useApi(appealsContract.readAppeal, { params: { registrationId } });
  return (
    <Loading of={seen}>
      {(found) => {
        const { appeal } = found;
        if (appeal === null) return null;
        const mayDecide = found.free.some(({ personId }) => personId === me?.personId);
        return (
          <>
            <h2 class="govuk-heading-m">{t('appeal.title')}</h2>
            <SummaryList
              rows={[
                { key: t('outcomes.stage'), value: t(`appeal.status.${appeal.status}`) },
                { key: t('appeal.ground'), value: appeal.ground[language] },
                { key: t('appeal.statement'), value: appeal.statement },
                { key: t('appeal.against'), value: outcomeWords(t, appeal.against) },
                { key: t('appeal.decide-by'), value: formatDay(appeal.decideBy) },
                ...(appeal.decision === null
                  ? []
                  : [
                      { key: t('appeal.result'), value: outcomeWords(t, appeal.decision) },
                      { key: t('appeal.reason'), value: appeal.decision.reason },
                      {
                        key: t('appeal.decided-by'),
                        value: appeal.decision.decidedBy.map(({ name }) => name).join(', '),
                      },
                    ]),
              ]}
            />
            {appeal.status === 'LODGED' && found.free.length < found.quorum && (
              <p class="govuk-inset-text">{t('appeal.too-few')}</p>
            )}
            {appeal.status === 'LODGED' && found.free.length >= found.quorum && mayDecide && (
              <DecideAppeal data={data} found={found} against={appeal.against} reload={seen.reload} />
            )}
          </>
        );
      }}
    </Loading>
  );
}

function DecideAppeal(props: { data: Case; found: Seen; against: Outcome; reload: () => Promise<void> }) {
  const t = useText();
  const { data, found, against } = props;
  const [present, setPresent] = useState<string[]>([]);
  const [result, setResult] = useState<string[]>([]);
  const [outcome, setOutcome] = useState<Outcome>({ outcome: 'AWARDED', level: data.targetLevel });
  const [reason, setReason] = useState('');
  const submission = useSubmission();
  const upheld = result[0] === 'UPHELD';
  const send = () =>
    submission.run(async () => {
      await call(appealsContract.decideAppeal, {
        params: { registrationId: data.registrationId },
        body: { ...(upheld ? outcome : against), upheld, present, reason },
      });
      await props.reload();
    });
  return (
    <Form onSubmit={() => void send()} label={t('appeal.decide')}>
      <ErrorSummary errors={submission.errors} general={submission.general} />
      <Choices
        multiple
        name="present"
        label={t('appeal.present')}
        hint={t('appeal.hint', { quorum: found.quorum })}
        options={found.free.map(({ personId, name }) => ({ value: personId, label: name }))}
        value={present}
        onChange={setPresent}
        error={submission.errors.present}
      />
      <Choices
        name="result"
        label={t('appeal.result')}
        options={[
          { value: 'DISMISSED', label: t('appeal.dismissed') },
          { value: 'UPHELD', label: t('appeal.upheld') },
        ]}
        value={result}
        onChange={setResult}
      />
      {upheld && (
        <OutcomeChoice
          t={t}
          name="outcome"
          label={t('appeal.outcome')}
          lowerLabel={t('case.lower-level')}
          target={data.targetLevel}
          value={outcome}
          onChange={setOutcome}
          error={submission.errors.outcome}
        />
      )}
      <TextArea
        name="reason"
        label={t('appeal.reason')}
        value={reason}
        onInput={setReason}
        rows={3}
        error={submission.errors.reason}
      />
      <Button type="submit" disabled={submission.busy || result.length === 0}>
        {t('appeal.decide')}
      </Button>
    </Form>
  );
}
