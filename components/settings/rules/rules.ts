import type { Rule } from "../rule.ts";
import {
  addressesClaimedOnce,
  addressesInsideNetworks,
  apiAddressOfServers,
  poolInOneNetwork,
  privateAddresses,
} from "./addresses.ts";
import { backupForRestore } from "./backup.ts";
import { calledAppsExist, sharedVolumes } from "./declared-apps.ts";
import { pinnedHostKeys } from "./host-keys.ts";
import {
  caServerForCaRoot,
  ingressForCertificates,
  ingressForExposures,
  ingressNamesOnce,
  loadBalancerForIngress,
  mailForLetsEncrypt,
  publicNamesForLetsEncrypt,
} from "./ingress.ts";
import {
  announcers,
  loadBalancerForExposures,
  nodePortsOnce,
  poolForMetallb,
  requestedAddresses,
} from "./load-balancer.ts";
import { hostNamesFit, oneFailureDomain, sshEndpointsOnce, uniqueNames, unreservedLabels } from "./names.ts";
import {
  administratorsNamed,
  knowinglyPublic,
  privatePodsAndServices,
  roomForPods,
  routedFitsRouters,
  separateNetworks,
} from "./networks.ts";
import { knownSeries, modulesOfImage } from "./odoo.ts";
import {
  dhcpHasRoom,
  oneCredential,
  oneExternalRouter,
  openPortsAscend,
  portForwardTargets,
  routerInterfaces,
  subnetsConnected,
  subnetsDeclared,
} from "./openstack.ts";
import { podSubnets } from "./pod-subnets.ts";
import { cashiersOnce, tillIsInstalled } from "./point-of-sale.ts";
import { proxyOutsideCluster } from "./proxy.ts";
import { etcdMajority, somewhereToRun } from "./servers.ts";
import {
  defaultClassExists,
  nfsHostExists,
  postgresOffNfs,
  separateDataFolders,
  sharedFilestore,
  volumeClassesExist,
} from "./storage.ts";
import { knownCni, knownVersion, policiesEnforced, servicesLed, upgradeStep } from "./versions.ts";
import { nodesForPostgres, nodesForReplicas, placementExists } from "./workloads.ts";

/** Every rule by its name, in the order in which problems are reported. */
export const rules: Readonly<Record<string, Rule>> = {
  etcdMajority,
  apiAddressOfServers,
  uniqueNames,
  hostNamesFit,
  sshEndpointsOnce,
  unreservedLabels,
  oneFailureDomain,
  privateAddresses,
  pinnedHostKeys,
  separateNetworks,
  knowinglyPublic,
  privatePodsAndServices,
  administratorsNamed,
  addressesInsideNetworks,
  addressesClaimedOnce,
  poolInOneNetwork,
  oneCredential,
  subnetsDeclared,
  oneExternalRouter,
  routerInterfaces,
  subnetsConnected,
  portForwardTargets,
  openPortsAscend,
  dhcpHasRoom,
  knownVersion,
  upgradeStep,
  knownCni,
  servicesLed,
  policiesEnforced,
  roomForPods,
  routedFitsRouters,
  podSubnets,
  somewhereToRun,
  poolForMetallb,
  loadBalancerForExposures,
  requestedAddresses,
  announcers,
  nodePortsOnce,
  loadBalancerForIngress,
  ingressForExposures,
  ingressForCertificates,
  ingressNamesOnce,
  publicNamesForLetsEncrypt,
  mailForLetsEncrypt,
  caServerForCaRoot,
  proxyOutsideCluster,
  nfsHostExists,
  separateDataFolders,
  defaultClassExists,
  volumeClassesExist,
  sharedFilestore,
  postgresOffNfs,
  backupForRestore,
  nodesForPostgres,
  nodesForReplicas,
  placementExists,
  calledAppsExist,
  sharedVolumes,
  knownSeries,
  modulesOfImage,
  tillIsInstalled,
  cashiersOnce,
};
