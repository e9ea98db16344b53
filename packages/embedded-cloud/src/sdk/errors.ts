import type { AwsError } from '../core/errors';

/** A schema of the SDK: kind, namespace, name, traits, member names, member schemas. */
type Schema = readonly [kind: number, namespace: string, name: string, traits: unknown, ...rest: unknown[]];
type Constructor = new (options: object) => Error;

/** The SDK's list of a service's modelled errors, each with its class. */
interface Registry {
  readonly schemas: ReadonlyMap<string, Schema>;
  readonly exceptions: ReadonlyMap<Schema, Constructor>;
}

/** The part of a client's configuration that holds its errors. */
export interface ErrorSource {
  readonly protocolSettings: { readonly errorTypeRegistries: readonly Registry[] };
}

interface ErrorTraits {
  /** Code on the wire and status, if the code differs from the class's name (query protocol). */
  readonly awsQueryError?: readonly [code: string, status: number];
  readonly error?: 'client' | 'server';
  readonly httpError?: number;
}

interface Model {
  readonly Class: Constructor;
  readonly traits: ErrorTraits;
}

const traitsOf = (schema: Schema): ErrorTraits =>
  typeof schema[3] === 'object' && schema[3] !== null ? schema[3] : {};

/** The modelled errors in a client's registries, by name and by code on the wire, and the base class. */
const modelsOf = (source: ErrorSource): { named: Map<string, Model>; Base: Constructor } => {
  const named = new Map<string, Model>();
  // These classes take the message as a member, not as first argument like Error. Every service has a base class
  // of its own.
  let Base: Constructor = Error as unknown as Constructor;
  for (const registry of source.protocolSettings.errorTypeRegistries)
    for (const [schema, Class] of registry.exceptions) {
      if (schema[1].startsWith('smithy.ts.sdk.synthetic.')) Base = Class;
      else {
        const model = { Class, traits: traitsOf(schema) };
        named.set(schema[2], model);
        const code = model.traits.awsQueryError?.[0];
        if (code !== undefined && !named.has(code)) named.set(code, model);
      }
    }
  return { named, Base };
};

const known = new WeakMap<object, ReturnType<typeof modelsOf>>();

const lookUp = (source: ErrorSource) => {
  const key = source.protocolSettings.errorTypeRegistries;
  const found = known.get(key) ?? modelsOf(source);
  known.set(key, found);
  return found;
};

/**
 * The exception that SDK v3 throws for an error on the wire. It is an instance of the modelled class. If AWS does
 * not model the error (as in all of EC2), it is the service's base class with the code as its name.
 */
export const toSdkError = (error: AwsError, source: ErrorSource): Error => {
  const { named, Base } = lookUp(source);
  const model = named.get(error.code);
  const { statusCode, ...details } = error.details;
  const status = statusCode ?? model?.traits.awsQueryError?.[1] ?? model?.traits.httpError ?? 400;
  const $fault = model?.traits.error ?? (status < 500 ? 'client' : 'server');
  const options = { message: error.message, $fault, $metadata: { httpStatusCode: status } };
  const exception = model ? new model.Class(options) : new Base({ ...options, name: error.code });
  // Keeps the class's own member for the text: Auto Scaling models some errors with `Message`.
  return Object.assign(exception, { message: error.message, $fault }, details);
};
