import { runCommand } from '../run-command.ts';

/** `npm run check`: types, lint and unit tests side by side; seconds, for while one works. */
const steps = await Promise.all([
  runCommand('tsc', ['-p', '.']).then((result) => ({ name: 'types', ...result })),
  runCommand('biome', ['check', '--error-on-warnings', '.']).then((result) => ({ name: 'lint', ...result })),
  runCommand('vitest', ['run', '--project', 'unit']).then((result) => ({ name: 'unit tests', ...result })),
]);
for (const step of steps) {
  if (step.code !== 0) console.error(`${step.output}\n${step.name}: failed\n`);
  else console.log(`${step.name}: passed`);
}
process.exit(steps.every((step) => step.code === 0) ? 0 : 1);
