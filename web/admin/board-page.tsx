import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { useApi } from '../shared/api.ts';
import { useLanguage } from '../shared/language.ts';
import { Heading } from '../shared/page.tsx';
import { formatDay, formatInstant, Loading, Table, Tag } from '../shared/show.tsx';
import { type Audience, useAudience } from './audience.ts';
import { RoundChoice, type RoundRow, useRound } from './round-choice.tsx';
import { StatusTag } from './status.tsx';
import { useText, useWords } from './texts.ts';

type Board = RouteResponse<Audience['reads']['readBoard']>;

/** What waits for somebody, what is late or stuck and why, and how far the schools of a round have come. */
export function BoardPage() {
  const t = useText();
  const language = useLanguage();
  const { base, mayAct } = useAudience();
  const { rounds, round } = useRound();
  return (
    <>
      <Heading caption={round?.label[language]}>{t('board.title')}</Heading>
      <Loading of={rounds}>
        {(data) =>
          round === undefined ? (
            <>
              <p class="govuk-body">{t('board.no-round')}</p>
              {mayAct && (
                <a class="govuk-button" href={`${base}/rounds/new`}>
                  {t('rounds.new')}
                </a>
              )}
            </>
          ) : (
            <RoundBoard round={round} rounds={data.rounds} />
          )
        }
      </Loading>
    </>
  );
}

function RoundBoard(props: { round: RoundRow; rounds: readonly RoundRow[] }) {
  const { reads } = useAudience();
  const { roundId } = props.round;
  const board = useApi(reads.readBoard, { params: { roundId } });
  return (
    <Loading of={board}>
      {(data) => (
        <>
          <Queues board={data} />
          <Late board={data} />
          <RoundChoice rounds={props.rounds} roundId={roundId} />
          <Stages board={data} />
          <Levels board={data} />
        </>
      )}
    </Loading>
  );
}

/** The page on which a queue is worked off. */
function pageOfQueue(queue: string, base: string): string | undefined {
  switch (queue) {
    case 'STUCK':
      return `${base}/stuck`;
    case 'PLACEMENT':
      return `${base}/placements`;
    case 'FUNDING':
      return '/finance/funding-requests';
    case 'SUSPENSE':
      return '/finance/';
    case 'UNPLACED':
    case 'ASSESSMENT-LATE':
    case 'MODERATION-READER':
    case 'MODERATION':
    case 'PANEL':
    case 'HELD-RESULT':
      return '/panel/';
    default:
      return undefined;
  }
}

function Queues({ board }: { board: Board }) {
  const t = useText();
  const words = useWords();
  const { base } = useAudience();
  const waiting = board.queues.filter((queue) => queue.waiting > 0);
  return (
    <Table
      caption={t('board.queues')}
      head={[t('board.queue'), t('board.waiting'), t('board.overdue'), t('board.oldest')]}
      numeric={[1]}
      empty={t('board.nothing-waits')}
      rows={waiting.map((queue) => {
        const { text, lang } = words('queues', queue.queue);
        const page = pageOfQueue(queue.queue, base);
        return [
          page === undefined ? (
            <span lang={lang}>{text}</span>
          ) : (
            <a class="govuk-link" href={page} lang={lang}>
              {text}
            </a>
          ),
          String(queue.waiting),
          queue.overdue === 0 ? (
            t('board.none-overdue')
          ) : (
            <Tag colour="red">{t('board.overdue-count', { count: queue.overdue })}</Tag>
          ),
          queue.oldest === null ? '' : formatInstant(queue.oldest),
        ];
      })}
    />
  );
}

function Late({ board }: { board: Board }) {
  const t = useText();
  const words = useWords();
  const { base } = useAudience();
  return (
    <Table
      caption={t('board.late')}
      head={[t('schools.school'), t('board.late-for'), t('board.was-due'), t('board.days-late')]}
      numeric={[3]}
      empty={t('board.nobody-late')}
      rows={board.late.map((one) => {
        const { text, lang } = words('dates', one.deadline);
        return [
          <>
            <a class="govuk-link" href={`${base}/schools/${one.registrationId}`}>
              {one.schoolName}
            </a>
            <br />
            <StatusTag status={one.status} />
          </>,
          <span lang={lang}>{text}</span>,
          formatDay(one.day),
          String(one.daysLate),
        ];
      })}
    />
  );
}

function Stages({ board }: { board: Board }) {
  const t = useText();
  const { base } = useAudience();
  const most = Math.max(1, ...board.stages.map(({ count }) => count));
  return (
    <Table
      caption={t('board.stages', { schools: board.schools })}
      head={[t('schools.status'), t('board.schools'), t('board.share')]}
      numeric={[1]}
      empty={t('board.no-schools')}
      rows={board.stages
        .filter(({ count }) => count > 0)
        .map(({ status, count }) => [
          <a class="govuk-link" href={`${base}/schools?round=${board.roundId}&status=${status}`}>
            {t(`status.${status}`)}
          </a>,
          String(count),
          <span class="psqm-bar" aria-hidden="true" style={{ width: `${(count / most) * 100}%` }} />,
        ])}
    />
  );
}

function Levels({ board }: { board: Board }) {
  const t = useText();
  return (
    <Table
      caption={t('board.levels')}
      head={[t('schools.level'), t('board.aim'), t('board.awarded')]}
      numeric={[1, 2]}
      rows={board.levels.map(({ level, target, awarded }) => [
        t(`level.${level}`),
        String(target),
        String(awarded),
      ])}
    />
  );
}
