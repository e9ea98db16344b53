/** EC2's actions, by the SDK command's name without `Command`. */
import type { AnyAction } from '../../core/service';
import { copyImage } from './copyImage';
import { getEbsDefaultKmsKeyId, getEbsEncryptionByDefault } from './ebsDefaults';
import { describeImageReferences } from './describeImageReferences';
import {
  cancelSpotInstanceRequests,
  createFleet,
  deleteFleets,
  describeFleets,
  describeSpotFleetRequests,
  describeSpotInstanceRequests,
  requestSpotFleet,
  requestSpotInstances,
} from './spot';
import { createImage } from './createImage';
import { deregisterImage } from './deregisterImage';
import { describeImages } from './describeImages';
import { describeImageAttribute, modifyImageAttribute } from './imageAttributes';
import { describeInstances, describeInstanceStatus } from './describeInstances';
import { describeInstanceAttribute, modifyInstanceAttribute } from './instanceAttributes';
import { rebootInstances, startInstances, stopInstances, terminateInstances } from './instanceStates';
import { describeInstanceTypeOfferings, describeInstanceTypes } from './instanceTypes';
import {
  describeLaunchTemplates,
  describeLaunchTemplateVersions,
  getLaunchTemplateData,
  modifyLaunchTemplate,
} from './launchTemplates';
import { createLaunchTemplate } from './createLaunchTemplate';
import { createLaunchTemplateVersion, deleteLaunchTemplateVersions } from './launchTemplateVersions';
import { describeAvailabilityZones, describeSubnets } from './network';
import { runInstances } from './runInstances';
import { authorizeSecurityGroupIngress, revokeSecurityGroupIngress } from './securityGroupRules';
import { describeSecurityGroupRules, describeSecurityGroups } from './securityGroups';
import { deleteSnapshot, describeSnapshots } from './snapshots';
import { createTags, deleteTags, describeTags } from './tagging';

export const actions: Readonly<Record<string, AnyAction>> = {
  AuthorizeSecurityGroupIngress: authorizeSecurityGroupIngress,
  CancelSpotInstanceRequests: cancelSpotInstanceRequests,
  GetEbsDefaultKmsKeyId: getEbsDefaultKmsKeyId,
  GetEbsEncryptionByDefault: getEbsEncryptionByDefault,
  CopyImage: copyImage,
  CreateFleet: createFleet,
  CreateImage: createImage,
  CreateLaunchTemplate: createLaunchTemplate,
  CreateLaunchTemplateVersion: createLaunchTemplateVersion,
  CreateTags: createTags,
  DeleteFleets: deleteFleets,
  DeleteLaunchTemplateVersions: deleteLaunchTemplateVersions,
  DeleteSnapshot: deleteSnapshot,
  DeleteTags: deleteTags,
  DeregisterImage: deregisterImage,
  DescribeAvailabilityZones: describeAvailabilityZones,
  DescribeFleets: describeFleets,
  DescribeImageAttribute: describeImageAttribute,
  DescribeImageReferences: describeImageReferences,
  DescribeImages: describeImages,
  DescribeInstanceAttribute: describeInstanceAttribute,
  DescribeInstances: describeInstances,
  DescribeInstanceStatus: describeInstanceStatus,
  DescribeInstanceTypeOfferings: describeInstanceTypeOfferings,
  DescribeInstanceTypes: describeInstanceTypes,
  DescribeLaunchTemplates: describeLaunchTemplates,
  DescribeLaunchTemplateVersions: describeLaunchTemplateVersions,
  DescribeSecurityGroupRules: describeSecurityGroupRules,
  DescribeSecurityGroups: describeSecurityGroups,
  DescribeSnapshots: describeSnapshots,
  DescribeSpotFleetRequests: describeSpotFleetRequests,
  DescribeSpotInstanceRequests: describeSpotInstanceRequests,
  DescribeSubnets: describeSubnets,
  DescribeTags: describeTags,
  GetLaunchTemplateData: getLaunchTemplateData,
  ModifyImageAttribute: modifyImageAttribute,
  ModifyInstanceAttribute: modifyInstanceAttribute,
  ModifyLaunchTemplate: modifyLaunchTemplate,
  RebootInstances: rebootInstances,
  RequestSpotFleet: requestSpotFleet,
  RequestSpotInstances: requestSpotInstances,
  RevokeSecurityGroupIngress: revokeSecurityGroupIngress,
  RunInstances: runInstances,
  StartInstances: startInstances,
  StopInstances: stopInstances,
  TerminateInstances: terminateInstances,
};
