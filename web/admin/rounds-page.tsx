import { useApi } from '../shared/api.ts';
import { useLanguage } from '../shared/language.ts';
import { Heading } from '../shared/page.tsx';
import { formatDay, Loading, Table, Tag, type TagColour } from '../shared/show.tsx';
import { useAudience } from './audience.ts';
import type { RoundRow } from './round-choice.tsx';
import { BackToSetUp } from './set-up-page.tsx';
import { useText } from './texts.ts';

function colourOf(status: RoundRow['status']): TagColour {
  switch (status) {
    case 'DRAFT':
      return 'grey';
    case 'OPEN':
      return 'green';
    case 'CLOSED':
      return 'blue';
  }
}

/** How a round stands, in words. */
export function RoundTag({ status }: { status: RoundRow['status'] }) {
  const t = useText();
  return <Tag colour={colourOf(status)}>{t(`round-status.${status}`)}</Tag>;
}

/** All rounds, newest first. */
export function RoundsPage() {
  const t = useText();
  const language = useLanguage();
  const { base, mayAct, reads } = useAudience();
  const rounds = useApi(reads.listRounds);
  return (
    <>
      <BackToSetUp />
      <Heading>{t('rounds.title')}</Heading>
      {mayAct && (
        <a class="govuk-button" href={`${base}/rounds/new`}>
          {t('rounds.new')}
        </a>
      )}
      <Loading of={rounds}>
        {(data) => (
          <Table
            caption={t('rounds.table')}
            head={[t('round.round'), t('round.status'), t('rounds.registration'), t('rounds.results')]}
            empty={t('rounds.none')}
            rows={data.rounds.map((one) => [
              <a class="govuk-link" href={`${base}/rounds/${one.roundId}`}>
                {one.label[language]}
              </a>,
              <RoundTag status={one.status} />,
              t('rounds.from-to', {
                from: formatDay(one.calendar.registrationOpens),
                to: formatDay(one.calendar.registrationCloses),
              }),
              formatDay(one.calendar.results),
            ])}
          />
        )}
      </Loading>
    </>
  );
}
