import { useState } from 'preact/hooks';
import { panelContract } from '../../functions/http/panel/contract.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { call } from '../shared/api.ts';
import { Button, Choices, ErrorSummary, Form, useSubmission } from '../shared/forms.tsx';
import { Notice } from '../shared/show.tsx';
import { outcomeWords } from './outcome-list.tsx';
import { useText } from './texts.ts';

type Outcomes = RouteResponse<typeof panelContract.listOutcomes>;
type Refused = RouteResponse<typeof panelContract.confirmOutcomes>['refused'];
/** As many as one request confirms. */
const BATCH = 50;

/** The proposed outcomes that I may confirm in the meeting, in batches. */
export function ConfirmForm(props: { data: Outcomes; meeting: number; reload: () => Promise<void> }) {
  const { data, meeting, reload } = props;
  const t = useText();
  const ready = data.outcomes
    .filter((row) => row.stage === 'PROPOSED' && row.blocked === null)
    .slice(0, BATCH);
  const mine = data.outcomes.filter(
    (row) => row.stage === 'PROPOSED' && (row.blocked === 'JUDGED' || row.blocked === 'CONFLICT'),
  );
  const [chosen, setChosen] = useState<string[]>([]);
  const [told, setTold] = useState<string | undefined>(undefined);
  const [refused, setRefused] = useState<Refused>([]);
  const submission = useSubmission();
  const send = () =>
    submission.run(async () => {
      const decisions = ready.flatMap((row) =>
        chosen.includes(row.registrationId) && row.proposed !== null
          ? [{ registrationId: row.registrationId, outcome: row.proposed.outcome, level: row.proposed.level }]
          : [],
      );
      if (decisions.length === 0) {
        submission.setErrors({ decisions: t('confirm.choose') });
        return;
      }
      const answer = await call(panelContract.confirmOutcomes, {
        params: { roundId: data.roundId },
        body: { meeting, decisions },
      });
      setChosen([]);
      setRefused(answer.refused);
      await reload();
      setTold(t('confirm.done', { confirmed: answer.confirmed.length, refused: answer.refused.length }));
    });
  return (
    <>
      {told !== undefined && <Notice success>{told}</Notice>}
      {refused.length > 0 && (
        <ul class="govuk-list govuk-list--bullet">
          {refused.map(({ registrationId, message }) => (
            <li key={registrationId}>
              {data.outcomes.find((row) => row.registrationId === registrationId)?.school.name}: {message}
            </li>
          ))}
        </ul>
      )}
      {mine.length > 0 && <p class="govuk-inset-text">{t('confirm.not-mine', { count: mine.length })}</p>}
      {ready.length > 0 && (
        <Form onSubmit={() => void send()} label={t('confirm.title')}>
          <ErrorSummary errors={submission.errors} general={submission.general} />
          <Choices
            multiple
            name="decisions"
            label={t('confirm.title')}
            hint={t('confirm.hint')}
            options={ready.map((row) => ({
              value: row.registrationId,
              label: `${row.school.name}: ${outcomeWords(t, row.proposed)}`,
              hint: row.proposed === null ? undefined : t(`basis.${row.proposed.basis}`),
            }))}
            value={chosen}
            onChange={setChosen}
            error={submission.errors.decisions}
          />
          <div class="govuk-button-group">
            <Button type="submit" disabled={submission.busy}>
              {t('confirm.send', { count: chosen.length })}
            </Button>
            <Button secondary onClick={() => setChosen(ready.map((row) => row.registrationId))}>
              {t('confirm.all')}
            </Button>
          </div>
        </Form>
      )}
    </>
  );
}
