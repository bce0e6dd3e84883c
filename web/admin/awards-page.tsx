import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { adminProgrammeContract } from '../../functions/http/admin/contract.ts';
import { awardedLevel } from '../../functions/programme/model.ts';
import { call, useApi } from '../shared/api.ts';
import { Button, Form, TextInput } from '../shared/forms.tsx';
import { Heading } from '../shared/page.tsx';
import { formatDay, Loading, Table } from '../shared/show.tsx';
import { useAudience } from './audience.ts';
import { CsvImport } from './csv-import.tsx';
import { BackToSetUp } from './set-up-page.tsx';
import { useText } from './texts.ts';

/** Awards that schools held before this system: from a file, and looked up for one school. */
export function AwardsPage() {
  const t = useText();
  const { mayAct } = useAudience();
  return (
    <>
      <BackToSetUp />
      <Heading>{t('awards.title')}</Heading>
      {mayAct && (
        <CsvImport
          open
          title={t('awards.import')}
          hint={t('awards.import-hint')}
          columns={['urn', 'level', 'round_label', 'awarded_on', 'expires_on']}
          fileName="awards.csv"
          run={(csv) => call(adminProgrammeContract.importAwards, { body: { csv } })}
          done={() => Promise.resolve()}
        />
      )}
      <LookUp />
    </>
  );
}

function LookUp() {
  const t = useText();
  const { base, reads } = useAudience();
  const { query, route } = useLocation();
  const urn = query.urn ?? '';
  const [typed, setTyped] = useState(urn);
  useEffect(() => setTyped(urn), [urn]);
  const awards = useApi(reads.listSchoolAwards, urn === '' ? undefined : { params: { urn } });
  const levelWords = (level: string): string => {
    const known = awardedLevel.safeParse(level).data;
    return known === undefined ? level : t(`level.${known}`);
  };
  return (
    <>
      <h2 class="govuk-heading-m">{t('awards.look-up')}</h2>
      <Form
        onSubmit={() => route(`${base}/awards?${new URLSearchParams({ urn: typed.trim() })}`)}
        label={t('awards.look-up')}
      >
        <TextInput
          name="urn"
          label={t('awards.urn')}
          hint={t('awards.urn-hint')}
          inputMode="numeric"
          width={10}
          value={typed}
          onInput={setTyped}
        />
        <Button type="submit" secondary>
          {t('awards.look-up')}
        </Button>
      </Form>
      {urn !== '' && (
        <Loading of={awards}>
          {(data) => (
            <Table
              caption={t('awards.table', { urn })}
              head={[t('schools.level'), t('awards.round'), t('awards.from'), t('awards.until')]}
              empty={t('awards.none', { urn })}
              rows={data.awards.map((award) => [
                levelWords(award.level),
                award.roundLabel,
                formatDay(award.awardedOn),
                formatDay(award.expiresOn),
              ])}
            />
          )}
        </Loading>
      )}
    </>
  );
}
