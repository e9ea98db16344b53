import type {
  CancelSpotInstanceRequestsRequest,
  CancelSpotInstanceRequestsResult,
  CreateFleetRequest,
  CreateFleetResult,
  DeleteFleetsRequest,
  DeleteFleetsResult,
  DescribeFleetsRequest,
  DescribeFleetsResult,
  DescribeSpotFleetRequestsRequest,
  DescribeSpotFleetRequestsResponse,
  DescribeSpotInstanceRequestsRequest,
  DescribeSpotInstanceRequestsResult,
  RequestSpotFleetRequest,
  RequestSpotFleetResponse,
  RequestSpotInstancesRequest,
  RequestSpotInstancesResult,
  SpotInstanceRequest,
} from '@aws-sdk/client-ec2';
import type { Action, Region } from '../../core/service';
import { missingParameter, refuseDryRun, invalidParameterValue } from '../errors';
import { filterOf, type Fields } from '../filters';
import { pageOf } from '../paging';
import { onEverything } from '../resources';
import type { SpotRequestRecord } from '../state';

/**
 * Spot requests and fleets. This cloud has no Spot capacity, so they stay open: what they would launch can be read, and
 * nothing is launched.
 */
const stored = (region: Region) => {
  const { state } = region.service('ec2');
  state.spotRequests ??= {};
  state.spotFleets ??= {};
  state.fleets ??= {};
  return { requests: state.spotRequests, spotFleets: state.spotFleets, fleets: state.fleets };
};

const requestFields: Fields<SpotRequestRecord & { tags?: Record<string, string> }> = {
  state: ({ state }) => state,
  type: ({ type }) => type,
  'spot-instance-request-id': ({ id }) => id,
  'launch.image-id': ({ specification }) => specification.ImageId,
};

const requestOutput = ({
  id,
  type,
  state,
  createdAt,
  specification,
}: SpotRequestRecord): SpotInstanceRequest => ({
  SpotInstanceRequestId: id,
  Type: type,
  State: state,
  CreateTime: new Date(createdAt),
  LaunchSpecification: { ...specification, SecurityGroups: [] },
  Status:
    state === 'open'
      ? {
          Code: 'capacity-not-available',
          Message: 'There is no capacity available that matches your request.',
        }
      : { Code: 'canceled-before-fulfillment', Message: 'Your Spot request is canceled.' },
});

export const requestSpotInstances: Action<RequestSpotInstancesRequest, RequestSpotInstancesResult> = {
  requires: onEverything('ec2:RequestSpotInstances'),
  run(input, region) {
    if (input.LaunchSpecification === undefined) throw missingParameter('LaunchSpecification');
    refuseDryRun(input.DryRun);
    const specification = structuredClone(input.LaunchSpecification);
    const made = Array.from({ length: input.InstanceCount ?? 1 }, (): SpotRequestRecord => ({
      id: region.newId('sir-'),
      type: input.Type ?? 'one-time',
      state: 'open',
      createdAt: region.now(),
      specification,
    }));
    for (const one of made) stored(region).requests[one.id] = one;
    return { SpotInstanceRequests: made.map(requestOutput) };
  },
};

export const describeSpotInstanceRequests: Action<
  DescribeSpotInstanceRequestsRequest,
  DescribeSpotInstanceRequestsResult
> = {
  requires: onEverything('ec2:DescribeSpotInstanceRequests'),
  run(input, region) {
    const found = Object.values(stored(region).requests).filter(filterOf(input.Filters, requestFields));
    refuseDryRun(input.DryRun);
    const { items, nextToken } = pageOf(found, input);
    return { SpotInstanceRequests: items.map(requestOutput), NextToken: nextToken };
  },
};

export const cancelSpotInstanceRequests: Action<
  CancelSpotInstanceRequestsRequest,
  CancelSpotInstanceRequestsResult
> = {
  requires: onEverything('ec2:CancelSpotInstanceRequests'),
  run(input, region) {
    const { requests } = stored(region);
    const asked = input.SpotInstanceRequestIds ?? [];
    const unknown = asked.find((id) => requests[id] === undefined);
    if (unknown !== undefined) throw invalidParameterValue(`The Spot request ${unknown} does not exist.`);
    refuseDryRun(input.DryRun);
    for (const id of asked) {
      const request = requests[id];
      if (request) request.state = 'cancelled';
    }
    return {
      CancelledSpotInstanceRequests: asked.map((id) => ({ SpotInstanceRequestId: id, State: 'cancelled' })),
    };
  },
};

export const requestSpotFleet: Action<RequestSpotFleetRequest, RequestSpotFleetResponse> = {
  requires: onEverything('ec2:RequestSpotFleet'),
  run(input, region) {
    if (input.SpotFleetRequestConfig === undefined) throw missingParameter('SpotFleetRequestConfig');
    refuseDryRun(input.DryRun);
    const id = region.newId('sfr-');
    const config = structuredClone(input.SpotFleetRequestConfig);
    stored(region).spotFleets[id] = { id, state: 'active', createdAt: region.now(), config };
    return { SpotFleetRequestId: id };
  },
};

export const describeSpotFleetRequests: Action<
  DescribeSpotFleetRequestsRequest,
  DescribeSpotFleetRequestsResponse
> = {
  requires: onEverything('ec2:DescribeSpotFleetRequests'),
  run(input, region) {
    const ids = input.SpotFleetRequestIds ?? [];
    const found = Object.values(stored(region).spotFleets).filter(
      ({ id }) => ids.length === 0 || ids.includes(id),
    );
    refuseDryRun(input.DryRun);
    const { items, nextToken } = pageOf(found, input, { least: 1 });
    return {
      SpotFleetRequestConfigs: items.map(({ id, state, createdAt, config }) => ({
        SpotFleetRequestId: id,
        SpotFleetRequestState: state,
        CreateTime: new Date(createdAt),
        SpotFleetRequestConfig: config,
      })),
      NextToken: nextToken,
    };
  },
};

export const createFleet: Action<CreateFleetRequest, CreateFleetResult> = {
  requires: (_input, region) => [
    {
      action: 'ec2:CreateFleet',
      resource: region.arn('ec2', 'fleet/*'),
      context: { 'ec2:region': region.name },
    },
  ],
  run(input, region) {
    if (input.LaunchTemplateConfigs === undefined) throw missingParameter('LaunchTemplateConfigs');
    refuseDryRun(input.DryRun);
    const id = region.newId('fleet-');
    const config = structuredClone(input.LaunchTemplateConfigs);
    stored(region).fleets[id] = {
      id,
      type: input.Type ?? 'maintain',
      state: 'active',
      createdAt: region.now(),
      config,
    };
    return { FleetId: id };
  },
};

export const describeFleets: Action<DescribeFleetsRequest, DescribeFleetsResult> = {
  requires: onEverything('ec2:DescribeFleets'),
  run(input, region) {
    const ids = input.FleetIds ?? [];
    const found = Object.values(stored(region).fleets).filter(
      ({ id }) => ids.length === 0 || ids.includes(id),
    );
    refuseDryRun(input.DryRun);
    const { items, nextToken } = pageOf(found, input, { least: 1 });
    return {
      Fleets: items.map(({ id, type, state, createdAt, config }) => ({
        FleetId: id,
        Type: type,
        FleetState: state,
        CreateTime: new Date(createdAt),
        LaunchTemplateConfigs: config.map(({ LaunchTemplateSpecification: LaunchTemplateSpecification }) => ({
          LaunchTemplateSpecification,
        })),
      })),
      NextToken: nextToken,
    };
  },
};

export const deleteFleets: Action<DeleteFleetsRequest, DeleteFleetsResult> = {
  requires: (input, region) =>
    (input.FleetIds ?? []).map((id) => ({
      action: 'ec2:DeleteFleets',
      resource: region.arn('ec2', `fleet/${id}`),
      context: { 'ec2:region': region.name },
    })),
  run(input, region) {
    const { fleets } = stored(region);
    refuseDryRun(input.DryRun);
    const known = (input.FleetIds ?? []).flatMap((id) => fleets[id] ?? []);
    for (const fleet of known) fleet.state = 'deleted';
    return {
      SuccessfulFleetDeletions: known.map(({ id }) => ({ FleetId: id, CurrentFleetState: 'deleted' })),
    };
  },
};
