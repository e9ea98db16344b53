import type {
  DeleteParameterCommandInput,
  DeleteParameterCommandOutput,
  DeleteParametersCommandInput,
  DeleteParametersCommandOutput,
  DescribeParametersCommandInput,
  DescribeParametersCommandOutput,
  GetParameterCommandInput,
  GetParameterCommandOutput,
  GetParametersByPathCommandInput,
  GetParametersByPathCommandOutput,
  GetParametersCommandInput,
  GetParametersCommandOutput,
  PutParameterCommandInput,
  PutParameterCommandOutput,
} from '@aws-sdk/client-ssm';
import { AwsError } from '../../core/errors';
import type { Action, Region, Requirement } from '../../core/service';
import { stateOf } from '../agents';
import type { Answer } from '../answer';
import { paged } from '../paging';
import {
  describeParameter,
  findParameter,
  parameterArn,
  putParameterIn,
  splitName,
} from '../parameters/store';

const on = (region: Region, action: string, name: string | undefined): Requirement => ({
  action: `ssm:${action}`,
  resource: parameterArn(region, splitName(name ?? '').name),
});

export const putParameter: Action<PutParameterCommandInput, Answer<PutParameterCommandOutput>> = {
  requires: (input, region) => [
    on(region, 'PutParameter', input.Name),
    ...(input.Tags?.length ? [on(region, 'AddTagsToResource', input.Name)] : []),
  ],
  run: (input, region, caller) => {
    const { version, tier } = putParameterIn(region, input, caller.arn);
    return { Version: version, Tier: tier } satisfies Answer<PutParameterCommandOutput>;
  },
};

export const getParameter: Action<GetParameterCommandInput, Answer<GetParameterCommandOutput>> = {
  requires: (input, region) => [on(region, 'GetParameter', input.Name)],
  run: (input, region) => {
    const { stored, version, selector } = findParameter(region, input.Name ?? '');
    return {
      Parameter: describeParameter(region, stored, version, input.WithDecryption ?? false, selector),
    } satisfies Answer<GetParameterCommandOutput>;
  },
};

/** AWS: at most 10 names. Names that are not found are listed as invalid. */
export const getParameters: Action<GetParametersCommandInput, Answer<GetParametersCommandOutput>> = {
  requires: (input, region) => (input.Names ?? []).map((name) => on(region, 'GetParameters', name)),
  run: (input, region) => {
    const names = input.Names ?? [];
    if (names.length === 0 || names.length > 10)
      throw new AwsError(
        'ValidationException',
        `1 validation error detected: Value '[${names.join(', ')}]' at 'names' failed to satisfy constraint: ` +
          'Member must have length less than or equal to 10 and greater than or equal to 1',
      );
    const looked = names.map((name) => {
      try {
        return { name, found: findParameter(region, name) };
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        return { name, found: undefined };
      }
    });
    return {
      Parameters: looked.flatMap(({ found }) =>
        found
          ? [
              describeParameter(
                region,
                found.stored,
                found.version,
                input.WithDecryption ?? false,
                found.selector,
              ),
            ]
          : [],
      ),
      InvalidParameters: looked.flatMap(({ name, found }) => (found ? [] : [name])),
    } satisfies Answer<GetParametersCommandOutput>;
  },
};

export const getParametersByPath: Action<
  GetParametersByPathCommandInput,
  Answer<GetParametersByPathCommandOutput>
> = {
  requires: (input, region) => [
    {
      action: 'ssm:GetParametersByPath',
      resource: parameterArn(region, (input.Path ?? '').replace(/\/$/, '')),
    },
  ],
  run: (input, region) => {
    const path = `${(input.Path ?? '').replace(/\/$/, '')}/`;
    if (!path.startsWith('/'))
      throw new AwsError('ValidationException', 'The parameter path must begin with a slash.');
    const found = Object.values(stateOf(region).parameters)
      .filter(({ name }) => name.startsWith(path))
      .filter(({ name }) => input.Recursive || !name.slice(path.length).includes('/'))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const { page, next } = paged(found, input, { least: 1, most: 10, usual: 10 });
    return {
      Parameters: page.flatMap((stored) => {
        const latest = stored.versions.at(-1);
        return latest ? [describeParameter(region, stored, latest, input.WithDecryption ?? false)] : [];
      }),
      ...next,
    } satisfies Answer<GetParametersByPathCommandOutput>;
  },
};

export const deleteParameter: Action<DeleteParameterCommandInput, Answer<DeleteParameterCommandOutput>> = {
  requires: (input, region) => [on(region, 'DeleteParameter', input.Name)],
  run: (input, region) => {
    const { stored } = findParameter(region, input.Name ?? '');
    Reflect.deleteProperty(stateOf(region).parameters, stored.name);
    return {} satisfies Answer<DeleteParameterCommandOutput>;
  },
};

/** AWS: 1 to 10 a call. Those that are not there are told as invalid. */
export const deleteParameters: Action<DeleteParametersCommandInput, Answer<DeleteParametersCommandOutput>> = {
  requires: ({ Names = [] }, region) => Names.map((name) => on(region, 'DeleteParameters', name)),
  run: ({ Names = [] }, region) => {
    if (Names.length < 1 || Names.length > 10)
      throw new AwsError(
        'ValidationException',
        "1 validation error detected: Value at 'names' failed to satisfy constraint: Member must have length less than or equal to 10",
      );
    const { parameters } = stateOf(region);
    const there = Names.filter((name) => Object.hasOwn(parameters, name));
    for (const name of there) Reflect.deleteProperty(parameters, name);
    return {
      DeletedParameters: there,
      InvalidParameters: Names.filter((name) => !there.includes(name)),
    } satisfies Answer<DeleteParametersCommandOutput>;
  },
};

/** AWS: 1 to 50 a page, 10 unless told. Filters other than by name, type, tier and data type are refused. */
export const describeParameters: Action<
  DescribeParametersCommandInput,
  Answer<DescribeParametersCommandOutput>
> = {
  requires: () => [{ action: 'ssm:DescribeParameters', resource: '*' }],
  run: (input, region) => {
    const filters = (input.ParameterFilters ?? []).map(
      ({ Key: key = '', Option: option = 'Equals', Values = [] }) => {
        if (!['DataType', 'Name', 'Tier', 'Type'].includes(key) || option !== 'Equals')
          throw new AwsError('InvalidFilterKey', `The filter ${key} with option ${option} is not simulated.`);
        return { key, values: Values };
      },
    );
    const all = Object.values(stateOf(region).parameters)
      .flatMap(({ name, versions }) => {
        const latest = versions.at(-1);
        return latest
          ? [
              {
                Name: name,
                Type: latest.type,
                Tier: latest.tier,
                DataType: latest.dataType ?? 'text',
                latest,
              },
            ]
          : [];
      })
      .filter((shown) =>
        filters.every(({ key, values }) =>
          values.includes(shown[key as 'DataType' | 'Name' | 'Tier' | 'Type']),
        ),
      )
      .sort((a, b) => (a.Name < b.Name ? -1 : 1));
    const { page, next } = paged(all, input, { least: 1, most: 50, usual: 10 });
    return {
      Parameters: page.map(({ Name, Type, Tier, DataType, latest }) => ({
        Name,
        ARN: parameterArn(region, Name),
        Type,
        Tier,
        DataType,
        Version: latest.version,
        LastModifiedDate: new Date(latest.modifiedAt),
        LastModifiedUser: latest.modifiedBy,
        ...(latest.description !== undefined && { Description: latest.description }),
      })),
      ...next,
    };
  },
};
