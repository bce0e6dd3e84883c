import { createHash } from 'node:crypto';
import * as z from 'zod';
import { verificationPage } from '../../assessment/pages.ts';
import { decision } from '../../moderation/model.ts';
import { decisionKey } from '../../moderation/store.ts';
import { readRound } from '../../programme/store.ts';
import { readRegistration } from '../../registration/store.ts';
import { WrongStateError } from '../../shared/runtime/errors.ts';
import { taskHandler } from '../../shared/runtime/task-handler.ts';
import { create, readExisting } from '../../shared/table/change.ts';
import { uniqueKey } from '../../shared/table/keys.ts';
import { storeCertificate } from '../certificate-files.ts';
import { renderCertificate } from '../certificates.ts';
import type { Certificate } from '../model.ts';
import { certificateNumberOf } from '../numbers.ts';
import { releaseAt, validityOf } from '../rules.ts';
import { awardKey, certificateKey, findCertificate } from '../store.ts';

const input = z.object({ registrationId: z.string(), correlationId: z.string() });
const output = z.object({ certificateNumber: z.string() });

/** The number belongs to another certificate: take the next. */
class NumberTakenError extends Error {}
/** An earlier run of this task made the certificate. */
class PreparedAlreadyError extends Error {}
const MAX_SALTS = 20;

/**
 * Makes the certificate of a decision that brings one: number, PDF in the documents bucket, record. It becomes public
 * only with the release. Safe to repeat: the number follows from the registration.
 */
export const handler = taskHandler(input, output, async ({ registrationId }, { now }) => {
  const known = await findCertificate(registrationId);
  if (known !== undefined) return { certificateNumber: known.certificateNumber };
  const [registration, decided] = await Promise.all([
    readRegistration(registrationId),
    readExisting(decision, decisionKey(registrationId)),
  ]);
  const { level } = decided;
  if (level === null) throw new WrongStateError(`decision on ${registrationId}`, decided.outcome);
  const round = await readRound(registration.roundId);
  const { awardedOn, expiresOn } = validityOf(round, registration);
  for (let salt = 0; salt < MAX_SALTS; salt++) {
    const certificateNumber = certificateNumberOf(registrationId, awardedOn.slice(0, 4), salt);
    const bytes = await renderCertificate(
      {
        certificateNumber,
        school: registration.school,
        language: registration.language,
        level,
        roundLabel: round.label,
        awardedOn,
        expiresOn,
        verifyAt: verificationPage(certificateNumber),
      },
      releaseAt(round, registration),
    );
    const key = `certificates/${registration.roundId}/${certificateNumber}.pdf`;
    const next: Certificate = {
      certificateNumber,
      registrationId,
      roundId: registration.roundId,
      key,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      awardedOn,
      expiresOn,
    };
    await storeCertificate(key, bytes);
    try {
      await create(
        certificateKey(registrationId),
        {
          next,
          audit: { action: 'prepare-certificate', actor: { kind: 'system', id: 'award' } },
          events: [
            { name: 'CertificatePrepared', detail: { registrationId, roundId: registration.roundId } },
          ],
          also: [
            {
              put: {
                ...uniqueKey('CERTIFICATE', certificateNumber),
                pointsTo: awardKey(registration.schoolId, certificateNumber),
              },
              onlyIfAbsent: true,
            },
          ],
          refusals: { 0: () => new NumberTakenError() },
        },
        now,
        () => new PreparedAlreadyError(),
      );
      return { certificateNumber };
    } catch (error) {
      if (error instanceof PreparedAlreadyError) {
        return {
          certificateNumber: (await findCertificate(registrationId))?.certificateNumber ?? certificateNumber,
        };
      }
      if (!(error instanceof NumberTakenError)) throw error;
    }
  }
  throw new NumberTakenError(`no free certificate number for ${registrationId}`);
});
