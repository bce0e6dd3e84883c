/** Bad arguments or a machine that lacks something: one clear line, exit status 2. */
export class CommandError extends Error {
  constructor(line: string) {
    super(line);
    this.name = 'CommandError';
  }
}

/** Runs a command's main function; ends the process with 2 and one line on a CommandError, with 1 on any other error. */
export async function runMain(main: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (error instanceof CommandError) {
      console.error(error.message);
      process.exitCode = 2;
      return;
    }
    console.error(error);
    process.exitCode = 1;
  }
}
