import { parseArgs } from 'node:util';
import { stageNames } from '../../lib/config/stages.ts';
import { synthesise } from './synthesise.ts';

/** `npm run synth [-- --stage NAME] [--out DIR]`: templates of one stage (default local) with cdk-nag's verdict. */
const { values } = parseArgs({
  options: { stage: { type: 'string', default: 'local' }, out: { type: 'string', default: 'cdk.out' } },
});
if (!stageNames.includes(values.stage)) {
  console.error(`no stage "${values.stage}"; there are ${stageNames.join(', ')}`);
  process.exit(2);
}
const { code } = await synthesise({ stage: values.stage, outdir: values.out });
process.exit(code);
