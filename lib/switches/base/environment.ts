/** What the functions of the switches get beside everybody's environment. */
export interface SwitchEnvironment {
  readonly switchesTable: string;
  /** Of the machine that waits for a switch's end and ends it. */
  readonly switchOffMachineArn: string;
  /** Of the function that answers with a maintenance page. */
  readonly pageFunctionArn: string;
}

/** @throws Error that names every variable that is missing. */
export const readSwitchEnvironment = (
  from: Readonly<Record<string, string | undefined>>,
): SwitchEnvironment => {
  const missing = ['SWITCHES_TABLE', 'SWITCH_OFF_MACHINE_ARN', 'MAINTENANCE_PAGE_ARN'].filter(
    (name) => !from[name],
  );
  if (missing.length > 0)
    throw new Error(`The environment lacks ${missing.join(', ')}: deploy the stack from serverless.yml.`);
  return {
    switchesTable: from.SWITCHES_TABLE ?? '',
    switchOffMachineArn: from.SWITCH_OFF_MACHINE_ARN ?? '',
    pageFunctionArn: from.MAINTENANCE_PAGE_ARN ?? '',
  };
};
