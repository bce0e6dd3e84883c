import { useState } from 'preact/hooks';
import { adminProgrammeContract } from '../../functions/http/admin/contract.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { ApiError, call } from '../shared/api.ts';
import { FileInput } from '../shared/file-input.tsx';
import { Button, ErrorSummary, Form, useSubmission } from '../shared/forms.tsx';
import type { Audience } from './audience.ts';
import { textOf } from './csv-import.tsx';
import { useText } from './texts.ts';

export type Round = RouteResponse<Audience['reads']['readRound']>;

const completeRound = adminProgrammeContract.importRound.body;

/** A round as its file has it: without what only its course sets. */
export function givenOf(round: Round) {
  const { status: _status, allocationAttempt: _allocation, moderationAttempt: _moderation, ...rest } = round;
  const { resultsReleasedAt: _released, movedDeadlines: _moved, ...given } = rest;
  return given;
}

/** Takes a whole round from its JSON file: fees, dates, criteria, checklist and policies together. */
export function RoundFileForm(props: { done: (roundId: string) => Promise<void> }) {
  const t = useText();
  const [file, setFile] = useState<File | undefined>(undefined);
  const submission = useSubmission();
  const send = async (): Promise<void> => {
    if (file === undefined) {
      submission.setErrors({ file: t('round.choose-file') });
      return;
    }
    await submission.run(async () => {
      const body = roundOf(await textOf(file), (problem) => t('round.file-refused', { problem }));
      const { roundId } = await call(adminProgrammeContract.importRound, { body });
      await props.done(roundId);
    });
  };
  return (
    <Form onSubmit={() => void send()} label={t('round.from-file')}>
      <ErrorSummary errors={submission.errors} general={submission.general} />
      <p class="govuk-body">{t('round.file-hint')}</p>
      <FileInput
        name="file"
        label={t('round.file')}
        accept=".json,application/json"
        onChange={setFile}
        error={submission.errors.file}
      />
      <Button type="submit" secondary disabled={submission.busy}>
        {t('round.take-file')}
      </Button>
    </Form>
  );
}

function roundOf(text: string, words: (problem: string) => string) {
  const refuse = (problem: string): ApiError =>
    new ApiError(400, 'invalid-input', words(problem), { file: words(problem) });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error));
  }
  const parsed = completeRound.safeParse(json);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  throw refuse(first === undefined ? '' : `${first.path.map(String).join('.')}: ${first.message}`);
}
