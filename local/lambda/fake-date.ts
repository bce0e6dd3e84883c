/**
 * Makes `Date` follow the cloud's clock in this thread. Timers stay real: the SDK's back-off and middy's time-outs wait
 * for real work, and a running invocation keeps the clock from jumping.
 *
 * @param shared the clock's cells: [0] is 1 when simulated; [1] the time, or the offset to the machine's time
 */
export function installCloudTime(shared: SharedArrayBuffer): void {
  const cells = new BigInt64Array(shared);
  const RealDate = globalThis.Date;
  const machineNow = RealDate.now;
  const now = (): number => {
    const value = Number(Atomics.load(cells, 1));
    return Atomics.load(cells, 0) === 1n ? value : machineNow() + value;
  };
  RealDate.now = now;
  const CloudDate = new Proxy(RealDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    apply: () => new RealDate(now()).toString(),
  });
  RealDate.prototype.constructor = CloudDate;
  globalThis.Date = CloudDate;
}
