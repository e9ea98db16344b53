import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';

interface Records {
  readonly Records: readonly { readonly body: string }[];
}

const sfn = new SFNClient({});

/** Starts the fulfilment of each order. Its name is the order's, so that a message that comes twice starts one. */
export const handler = async ({ Records }: Records): Promise<void> => {
  for (const { body } of Records) {
    const { id } = JSON.parse(body) as { readonly id: string };
    await sfn.send(
      new StartExecutionCommand({ stateMachineArn: process.env.MACHINE_ARN, name: id, input: body }),
    );
  }
};
