import { useState } from 'preact/hooks';
import { assessorContract } from '../../functions/http/assessor/contract.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { call, useApi } from '../shared/api.ts';
import { Button, Choices, ErrorSummary, Form, TextArea, useSubmission } from '../shared/forms.tsx';
import { useLanguage } from '../shared/language.ts';
import { Heading } from '../shared/page.tsx';
import { useReadingText } from '../shared/review.tsx';
import { formatDay, Loading, Notice, SummaryList } from '../shared/show.tsx';

type Profile = RouteResponse<typeof assessorContract.readProfile>;

/** My profile and, for each round, the schools that I must not read. */
export function ConflictsPage() {
  const t = useReadingText();
  const language = useLanguage();
  const profile = useApi(assessorContract.readProfile);
  return (
    <>
      <Heading>{t('conflicts.title')}</Heading>
      <Loading of={profile}>
        {(data) => (
          <>
            <SummaryList
              rows={[
                { key: t('conflicts.employer'), value: data.employer },
                ...(data.hubs.length === 0
                  ? []
                  : [{ key: t('conflicts.hubs'), value: data.hubs.map((hub) => hub.name).join(', ') }]),
                {
                  key: t('conflicts.levels'),
                  value: data.levels.map((level) => t(`level.${level}`)).join(', '),
                },
                {
                  key: t('conflicts.languages'),
                  value: data.languages.map((each) => t(`language.${each}`)).join(', '),
                },
              ]}
            />
            {data.rounds.map((round) => (
              <section key={round.roundId}>
                <h2 class="govuk-heading-m">{round.label[language]}</h2>
                <p class="govuk-body">
                  {t(round.declared ? 'conflicts.declared' : 'conflicts.not-declared', {
                    when: formatDay(round.allocationOn),
                  })}
                </p>
                <RoundForm roundId={round.roundId} profile={data} reload={profile.reload} />
              </section>
            ))}
            {data.rounds.length === 0 && <p class="govuk-body">{t('conflicts.no-round')}</p>}
          </>
        )}
      </Loading>
    </>
  );
}

function RoundForm(props: { roundId: string; profile: Profile; reload: () => Promise<void> }) {
  const t = useReadingText();
  const schools = useApi(assessorContract.listRoundSchools, { params: { roundId: props.roundId } });
  const [chosen, setChosen] = useState(props.profile.conflicts.map((conflict) => conflict.schoolId));
  const [reason, setReason] = useState(props.profile.conflicts[0]?.reason ?? '');
  const [told, setTold] = useState(false);
  const submission = useSubmission();
  const send = () =>
    submission.run(async () => {
      const known = new Map(props.profile.conflicts.map((conflict) => [conflict.schoolId, conflict.reason]));
      const conflicts = chosen.map((schoolId) => ({ schoolId, reason: known.get(schoolId) ?? reason }));
      await call(assessorContract.declareConflicts, {
        params: { roundId: props.roundId },
        body: { conflicts },
      });
      await props.reload();
      setTold(true);
    });
  return (
    <Loading of={schools}>
      {(data) => (
        <Form onSubmit={() => void send()} label={t('conflicts.title')}>
          {told && <Notice success>{t('conflicts.thanks')}</Notice>}
          <ErrorSummary errors={submission.errors} general={submission.general} />
          <Choices
            multiple
            name="conflicts"
            label={t('conflicts.which')}
            hint={t('conflicts.hint')}
            options={data.schools.map((school) => ({
              value: school.schoolId,
              label: `${school.name}, ${school.town}`,
              hint: school.ownHub ? t('conflicts.own-hub') : undefined,
            }))}
            value={chosen}
            onChange={setChosen}
          />
          {chosen.length > 0 && (
            <TextArea
              name="reason"
              label={t('conflicts.reason')}
              rows={2}
              value={reason}
              onInput={setReason}
              error={submission.errors['conflicts.0.reason']}
            />
          )}
          <Button type="submit" disabled={submission.busy}>
            {t(chosen.length === 0 ? 'conflicts.none' : 'conflicts.declare')}
          </Button>
        </Form>
      )}
    </Loading>
  );
}
